// How many nodes a label has, from the count store.
// identifiers: label
// params:
// returns: number
// access: read
MATCH (n:{{label}})
RETURN count(n) AS number
