// One relationship a pair of ends, which tells of the latest event: an event that is older than what it tells changes nothing, and
// of two of one time the one that came later counts. Where a graph has several of a pair, the latest of them is meant.
// Ends are sent and looked up once each; a row names its two by their places in those lists.
// identifiers: source, source_key, type, target, target_key, time
// params: $source_keys: keys, $target_keys: keys, $sources: places, $targets: places, $properties: maps
// returns: created
// access: write
UNWIND $source_keys AS key
MATCH (n:{{source}} {{{source_key}}: key})
WITH collect(n) AS sources
UNWIND $target_keys AS key
MATCH (n:{{target}} {{{target_key}}: key})
WITH sources, collect(n) AS targets
UNWIND range(0, size($sources) - 1) AS row
WITH row, sources[$sources[row]] AS s, targets[$targets[row]] AS t
OPTIONAL MATCH (s)-[met:{{type}}]->(t)
WITH row, s, t, collect(met) AS met
WITH row, s, t, reduce(r = head(met), other IN tail(met) | CASE WHEN other.{{time}} > r.{{time}} THEN other ELSE r END) AS r
FOREACH (_ IN CASE WHEN r IS NULL THEN [1] ELSE [] END |
  MERGE (s)-[made:{{type}}]->(t)
  SET made += $properties[row]
)
FOREACH (_ IN CASE WHEN r IS NOT NULL AND coalesce(r.{{time}} <= $properties[row].{{time}}, true) THEN [1] ELSE [] END |
  SET r += $properties[row]
)
RETURN count(CASE WHEN r IS NULL THEN 1 END) AS created
