// Take a release out of reach before it is taken away: it can no longer become ready or active. The active one stays.
// params: $version: integer
// returns: version
// access: write
MATCH (r:HoplineRelease {version: $version})
SET r.version = r.version // takes the lock: what is read next cannot change before this commits
WITH r
WHERE NOT EXISTS { (:HoplineActive {version: r.version}) }
SET r.ready = false, r.retired = true
RETURN r.version AS version
