// All releases, the newest first. The pointer is read once: readers see single commits, not a moment of the whole graph.
// params:
// returns: properties, created_at, age_s, active, previous, tested
// access: read
OPTIONAL MATCH (p:HoplineActive {name: 'active'})
WITH p.version AS version, p.experiment AS experiment
OPTIONAL MATCH (a:HoplineRelease {version: version})
OPTIONAL MATCH (e:HoplineExperiment {name: experiment})
WITH version, a.before AS before, coalesce(e.releases, []) AS tested
MATCH (r:HoplineRelease)
RETURN properties(r) AS properties, toString(r.created_at) AS created_at,
       duration.inSeconds(r.created_at, datetime()).seconds AS age_s,
       coalesce(r.version = version, false) AS active, coalesce(r.version = before, false) AS previous,
       r.version IN tested AS tested
ORDER BY r.version DESC
