// Make or complete the nodes of one label, from a list of keys and one of property maps.
// identifiers: label, key
// params: $ids: list of keys, $properties: list of maps
// returns: nothing
// access: write
UNWIND range(0, size($ids) - 1) AS row
MERGE (n:{{label}} {{{key}}: $ids[row]})
SET n += $properties[row]
