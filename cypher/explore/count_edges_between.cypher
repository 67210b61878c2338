// How many relationships of a type lead from one label to another, counted one by one.
// identifiers: source, type, target
// params:
// returns: number
// access: read
CYPHER 5
MATCH (:{{source}})-[r:{{type}}]->(:{{target}})
RETURN count(r) AS number
