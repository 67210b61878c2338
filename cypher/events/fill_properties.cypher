// Give nodes the properties that they lack; those that they have stay, whatever the order in which events come.
// identifiers: label, key
// params: $ids: list of keys, $properties: list of maps
// returns: nothing
// access: write
UNWIND range(0, size($ids) - 1) AS row
MATCH (n:{{label}} {{{key}}: $ids[row]})
FOREACH (name IN [name IN keys($properties[row]) WHERE n[name] IS NULL] | SET n[name] = $properties[row][name])
