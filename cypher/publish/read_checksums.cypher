// The checksums of what a release keeps on nodes, part by part.
// params: $version: integer
// returns: label, suffix, ids, values, vectors
// access: read
MATCH (:HoplineRelease {version: $version})-[:SUMMED]->(c:HoplineChecksums)
RETURN c.label AS label, c.suffix AS suffix, c.ids AS ids, c.values AS values, c.vectors AS vectors
ORDER BY label, suffix, c.part
