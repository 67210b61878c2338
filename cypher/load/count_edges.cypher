// How many relationships of a type leave a label's nodes, from the count store.
// identifiers: source, type
// params:
// returns: number
// access: read
MATCH (:{{source}})-[r:{{type}}]->()
RETURN count(r) AS number
