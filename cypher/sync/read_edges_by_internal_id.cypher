// Those of the given relationships that are there, as columns of internal ids and types.
// params: $page: map with edges, a list of internal ids
// returns: edges, sources, targets, types
// access: read
CYPHER 5
MATCH (s)-[r]->(t)
WHERE id(r) IN $page.edges
RETURN collect(id(r)) AS edges, collect(id(s)) AS sources, collect(id(t)) AS targets, collect(type(r)) AS types
