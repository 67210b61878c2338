// One page of a label's items that have a vector of one release, by ascending internal id: their neighbours in it, and how strong
// each is.
// identifiers: label, key, property, type
// params: $after: integer, $limit: integer
// returns: node, id, neighbours
// access: read
CYPHER 5
MATCH (n:{{label}})
WHERE id(n) > $after AND n.{{property}} IS NOT NULL
WITH n ORDER BY id(n) LIMIT $limit
RETURN id(n) AS node, n.{{key}} AS id, [(n)-[s:{{type}}]->(m) | [m.{{key}}, s.weight]] AS neighbours
