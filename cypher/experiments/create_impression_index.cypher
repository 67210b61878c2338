// Impressions are found by the experiment that they are of.
// params:
// returns: nothing
// access: schema
CREATE INDEX hopline_shown_experiment IF NOT EXISTS FOR ()-[s:HOPLINE_SHOWN]-() ON (s.experiment)
