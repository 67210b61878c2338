// Make or complete the nodes of one label, from a list of keys and one of property maps. Locks the node of whoever takes in events, as
// they look at whose nodes are, and write by that, while they hold it, and then the schema's, as they do.
// identifiers: label, key
// params: $ids: list of keys, $properties: list of maps
// returns: nothing
// access: write
OPTIONAL MATCH (lock:HoplineLock {name: 'events'})
SET lock.name = 'events'
WITH count(lock) AS held
OPTIONAL MATCH (schema:HoplineSchema {name: 'schema'})
SET schema.name = 'schema'
WITH count(schema) AS locked
UNWIND range(0, size($ids) - 1) AS row
MERGE (n:{{label}} {{{key}}: $ids[row]})
SET n += $properties[row]
