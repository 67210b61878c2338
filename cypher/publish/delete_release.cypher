// Forget a release that is not the active one, with its fitted features and checksums.
// params: $version: integer
// returns: nothing
// access: write
MATCH (r:HoplineRelease {version: $version})
WHERE NOT EXISTS { (:HoplineActive {version: r.version}) }
OPTIONAL MATCH (r)-[:FITTED|SUMMED]->(part)
DETACH DELETE r, part
