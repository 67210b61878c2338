// The ids of the nodes of a label that have a vector.
// identifiers: label, key, property
// params:
// returns: ids
// access: read
MATCH (n:{{label}})
WHERE n.{{property}} IS NOT NULL
RETURN collect(n.{{key}}) AS ids
