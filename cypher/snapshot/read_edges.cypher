// Relationships of some types that leave one page of a label's nodes, as columns of internal ids, types and properties.
// identifiers: source, target
// params: $types: list of relationship types, $properties: list of property names, $skip: integer, $limit: integer
// returns: sources, targets, types, columns, more
// access: read
CYPHER 5
MATCH (n:{{source}})
WITH n SKIP $skip LIMIT $limit
WITH collect(n) AS sources
CALL (sources) {
  UNWIND sources AS s
  MATCH (s)-[r]->(t:{{target}})
  WHERE type(r) IN $types
  RETURN collect(id(s)) AS from, collect(id(t)) AS to, collect(r) AS page
}
RETURN from AS sources, to AS targets,
       CASE WHEN size($types) = 1 THEN [] ELSE [r IN page | type(r)] END AS types,
       [p IN $properties | [r IN page | r[p]]] AS columns,
       size(sources) = $limit AS more
