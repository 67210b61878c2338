// Make or complete the nodes of one label, from a list of keys and one of property maps. Locks the schema's node: whoever takes in
// events looks at whose nodes are, and writes by that, while they hold it.
// identifiers: label, key
// params: $ids: list of keys, $properties: list of maps
// returns: nothing
// access: write
OPTIONAL MATCH (schema:HoplineSchema {name: 'schema'})
SET schema.name = 'schema'
WITH count(schema) AS locked
UNWIND range(0, size($ids) - 1) AS row
MERGE (n:{{label}} {{{key}}: $ids[row]})
SET n += $properties[row]
