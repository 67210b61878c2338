// How many relationships of a type reach a label's nodes, from the count store.
// identifiers: type, target
// params:
// returns: number
// access: read
MATCH ()-[r:{{type}}]->(:{{target}})
RETURN count(r) AS number
