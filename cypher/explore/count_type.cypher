// How many relationships of a type there are, leave one label and arrive at another, from the count store.
// identifiers: source, type, target
// params:
// returns: of_type, leaving, arriving
// access: read
CYPHER 5
CALL { MATCH ()-[r:{{type}}]->() RETURN count(r) AS of_type }
CALL { MATCH (:{{source}})-[r:{{type}}]->() RETURN count(r) AS leaving }
CALL { MATCH ()-[r:{{type}}]->(:{{target}}) RETURN count(r) AS arriving }
RETURN of_type, leaving, arriving
