// One part of a release's fitted features, on a node beside the record, which readers of the record need not carry along.
// params: $version: integer, $part: integer, $json: text
// returns: part
// access: write
MATCH (r:HoplineRelease {version: $version})
CREATE (r)-[:FITTED]->(f:HoplineFeatures {part: $part, json: $json})
RETURN f.part AS part
