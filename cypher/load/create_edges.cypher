// Make relationships of a kind that holds none of these pairs yet, if the count store still has the expected number of them;
// nothing is made when it has not, as others then write the kind too. Locks the schema's node: one loader at a time.
// Ends are sent and looked up once each; a row names its two by their places in those lists.
// identifiers: source, source_key, type, target, target_key
// params: $source_keys: keys, $target_keys: keys, $sources: places, $targets: places, $properties: maps, $expected: integer
// returns: created
// access: write
MATCH (schema:HoplineSchema {name: 'schema'})
SET schema.name = 'schema'
WITH schema
CALL () {
  MATCH (:{{source}})-[r:{{type}}]->()
  RETURN count(r) AS number
}
WITH number
WHERE number = $expected
UNWIND $source_keys AS key
OPTIONAL MATCH (n:{{source}} {{{source_key}}: key})
WITH collect([n]) AS sources
UNWIND $target_keys AS key
OPTIONAL MATCH (n:{{target}} {{{target_key}}: key})
WITH sources, collect([n]) AS targets
UNWIND range(0, size($sources) - 1) AS row
WITH row, sources[$sources[row]][0] AS s, targets[$targets[row]][0] AS t
WHERE s IS NOT NULL AND t IS NOT NULL
CREATE (s)-[r:{{type}}]->(t)
SET r = $properties[row]
RETURN count(r) AS created
