// All releases, the newest first. The pointer is read once: readers see single commits, not a moment of the whole graph.
// params:
// returns: properties, created_at, active
// access: read
OPTIONAL MATCH (p:HoplineActive {name: 'active'})
WITH p.version AS version
MATCH (r:HoplineRelease)
RETURN properties(r) AS properties, toString(r.created_at) AS created_at, coalesce(r.version = version, false) AS active
ORDER BY r.version DESC
