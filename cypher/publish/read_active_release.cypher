// The release that the pointer names; its properties are null if it was taken away since the pointer was read.
// params:
// returns: properties, created_at, age_s, tested
// access: read
MATCH (p:HoplineActive {name: 'active'})
WITH p.version AS version, p.experiment AS running
OPTIONAL MATCH (e:HoplineExperiment {name: running})
OPTIONAL MATCH (r:HoplineRelease {version: version})
RETURN properties(r) AS properties, toString(r.created_at) AS created_at,
       duration.inSeconds(r.created_at, datetime()).seconds AS age_s,
       version IN coalesce(e.releases, []) AS tested
