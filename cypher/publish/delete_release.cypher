// Forget a release that is not the active one, with its fitted features.
// params: $version: integer
// returns: nothing
// access: write
MATCH (r:HoplineRelease {version: $version})
WHERE NOT EXISTS { (:HoplineActive {version: r.version}) }
OPTIONAL MATCH (r)-[:FITTED]->(f:HoplineFeatures)
DETACH DELETE r, f
