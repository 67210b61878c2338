// What serves: the active release and, while an experiment runs, that and its releases. Of a release that was taken away since the
// pointer was read the properties are null.
// params:
// returns: version, experiment, releases: properties; created_at and age_s of each
// access: read
MATCH (p:HoplineActive {name: 'active'})
WITH p.version AS version, p.experiment AS running
OPTIONAL MATCH (e:HoplineExperiment {name: running})
UNWIND [version] + coalesce(e.releases, []) AS wanted
WITH DISTINCT version, e, wanted
OPTIONAL MATCH (r:HoplineRelease {version: wanted})
RETURN version,
       CASE WHEN e IS NULL THEN null ELSE {
         properties: properties(e), started_at: toString(e.started_at), ended_at: toString(e.ended_at), is_running: true
       } END AS experiment,
       collect({
         properties: properties(r), created_at: toString(r.created_at), age_s: duration.inSeconds(r.created_at, datetime()).seconds
       }) AS releases
