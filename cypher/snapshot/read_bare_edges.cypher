// Relationships of some types that leave the given nodes, as columns of internal ids and types.
// identifiers: source, target
// params: $page: map with sources, a list of internal ids, $types: list of relationship types
// returns: edges, sources, targets, types
// access: read
CYPHER 5
UNWIND $page.sources AS source
MATCH (s:{{source}}) WHERE id(s) = source
MATCH (s)-[r]->(t:{{target}})
WHERE type(r) IN $types
RETURN collect(id(r)) AS edges, collect(source) AS sources, collect(id(t)) AS targets, collect(type(r)) AS types
