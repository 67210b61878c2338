// One page of a label's nodes as columns: internal ids, and one list a property, nulls kept.
// identifiers: label
// params: $properties: list of property names, $skip: integer, $limit: integer
// returns: nodes, columns
// access: read
CYPHER 5
MATCH (n:{{label}})
WITH n SKIP $skip LIMIT $limit
WITH collect(n) AS page
RETURN [n IN page | id(n)] AS nodes, [p IN $properties | [n IN page | n[p]]] AS columns
