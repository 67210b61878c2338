// The internal ids of all relationships that leave or reach the given nodes.
// params: $page: map with nodes, a list of internal ids
// returns: edges
// access: read
CYPHER 5
UNWIND $page.nodes AS node
MATCH (n)-[r]-() WHERE id(n) = node
RETURN collect(DISTINCT id(r)) AS edges
