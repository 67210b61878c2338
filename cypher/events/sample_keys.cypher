// Some keys of a label, to see of which type they are.
// identifiers: label, key
// params: $limit: integer
// returns: key
// access: read
MATCH (n:{{label}})
WHERE n.{{key}} IS NOT NULL
RETURN n.{{key}} AS key
LIMIT $limit
