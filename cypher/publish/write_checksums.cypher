// One part of the checksums of one column of a release: of ids, and of what the nodes have, 8 bytes a node each.
// params: $version: integer, $label: text, $suffix: text, $part: integer, $ids: bytes, $values: bytes, $vectors: bytes
// returns: part
// access: write
MATCH (r:HoplineRelease {version: $version})
MERGE (r)-[:SUMMED]->(c:HoplineChecksums {label: $label, suffix: $suffix, part: $part})
SET c.ids = $ids, c.values = $values, c.vectors = $vectors
RETURN c.part AS part
