// A release's fitted features, part by part.
// params: $version: integer
// returns: json
// access: read
MATCH (:HoplineRelease {version: $version})-[:FITTED]->(f:HoplineFeatures)
RETURN f.json AS json
ORDER BY f.part
