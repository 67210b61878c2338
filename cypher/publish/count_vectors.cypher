// How many nodes of a label have a vector of one release.
// identifiers: label, property
// params:
// returns: number
// access: read
MATCH (n:{{label}})
WHERE n.{{property}} IS NOT NULL
RETURN count(n) AS number
