// Some nodes of a label, whichever the server finds first: their labels and properties.
// identifiers: label
// params: $limit: integer
// returns: labels, properties
// access: read
MATCH (n:{{label}})
WITH n LIMIT $limit
RETURN labels(n) AS labels, properties(n) AS properties
