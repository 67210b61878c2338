// Forget a release that is not the active one.
// params: $version: integer
// returns: nothing
// access: write
MATCH (r:HoplineRelease {version: $version})
WHERE NOT EXISTS { (:HoplineActive {version: r.version}) }
DETACH DELETE r
