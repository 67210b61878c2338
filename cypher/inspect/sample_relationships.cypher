// Some relationships of a type, whichever the server finds first: the labels of their ends and their properties.
// identifiers: type
// params: $limit: integer
// returns: sources, targets, properties
// access: read
MATCH (s)-[r:{{type}}]->(t)
WITH s, r, t LIMIT $limit
RETURN labels(s) AS sources, labels(t) AS targets, properties(r) AS properties
