// Make or complete the relationships of one kind, whatever it holds. Locks the schema's node: one loader at a time.
// Ends are sent and looked up once each; a row names its two by their places in those lists. MERGE only where no relationship
// was seen: it locks both ends and looks again, for those who write without that lock.
// identifiers: source, source_key, type, target, target_key
// params: $source_keys: keys, $target_keys: keys, $sources: places, $targets: places, $properties: maps
// returns: matched, created
// access: write
MATCH (schema:HoplineSchema {name: 'schema'})
SET schema.name = 'schema'
WITH schema
UNWIND $source_keys AS key
OPTIONAL MATCH (n:{{source}} {{{source_key}}: key})
WITH collect([n]) AS sources
UNWIND $target_keys AS key
OPTIONAL MATCH (n:{{target}} {{{target_key}}: key})
WITH sources, collect([n]) AS targets
UNWIND range(0, size($sources) - 1) AS row
WITH row, sources[$sources[row]][0] AS s, targets[$targets[row]][0] AS t
WHERE s IS NOT NULL AND t IS NOT NULL
OPTIONAL MATCH (s)-[r:{{type}}]->(t)
FOREACH (_ IN CASE WHEN r IS NULL THEN [1] ELSE [] END |
  MERGE (s)-[made:{{type}}]->(t)
  SET made += $properties[row]
)
SET r += $properties[row]
RETURN count(DISTINCT row) AS matched, count(DISTINCT row) - count(DISTINCT CASE WHEN r IS NOT NULL THEN row END) AS created
