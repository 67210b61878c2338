// Make or complete the relationships of one kind, from two lists of keys and one of property maps.
// identifiers: source, source_key, type, target, target_key
// params: $sources: list of keys, $targets: list of keys, $properties: list of maps
// returns: matched
// access: write
UNWIND range(0, size($sources) - 1) AS row
MATCH (s:{{source}} {{{source_key}}: $sources[row]})
MATCH (t:{{target}} {{{target_key}}: $targets[row]})
MERGE (s)-[r:{{type}}]->(t)
SET r += $properties[row]
RETURN count(DISTINCT row) AS matched
