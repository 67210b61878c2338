// How many relationships lead from items of a label to their neighbours in one release: the count store, no scan.
// identifiers: label, type
// params:
// returns: number
// access: read
MATCH (:{{label}})-[s:{{type}}]->()
RETURN count(s) AS number
