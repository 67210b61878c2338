// All experiments, the newest first, and whether one still runs.
// params:
// returns: properties, started_at, ended_at, is_running
// access: read
OPTIONAL MATCH (p:HoplineActive {name: 'active'})
WITH p.experiment AS running
MATCH (e:HoplineExperiment)
RETURN properties(e) AS properties, toString(e.started_at) AS started_at, toString(e.ended_at) AS ended_at,
       coalesce(e.name = running, false) AS is_running
ORDER BY e.started_at DESC, e.name
