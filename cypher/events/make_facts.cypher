// Make the relationships of one kind that are not there yet.
// identifiers: source, source_key, type, target, target_key
// params: $source_ids: list of keys, $target_ids: list of keys
// returns: nothing
// access: write
UNWIND range(0, size($source_ids) - 1) AS row
MATCH (s:{{source}} {{{source_key}}: $source_ids[row]})
MATCH (t:{{target}} {{{target_key}}: $target_ids[row]})
MERGE (s)-[:{{type}}]->(t)
