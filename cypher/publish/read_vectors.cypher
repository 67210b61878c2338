// One page of a label's nodes that have a vector of one release, by ascending internal id: vectors, and what is beside them.
// identifiers: label, key, property
// params: $names: list of property names, $after: integer, $limit: integer
// returns: node, id, vector, beside
// access: read
CYPHER 5
MATCH (n:{{label}})
WHERE id(n) > $after AND n.{{property}} IS NOT NULL
WITH n ORDER BY id(n) LIMIT $limit
RETURN id(n) AS node, n.{{key}} AS id, n.{{property}} AS vector, [name IN $names | n[name]] AS beside
