// One page of a label's nodes, by ascending internal id, as columns: ids, how many relationships leave each, and one list a
// property, nulls kept.
// identifiers: label
// params: $properties: list of property names, $after: integer, $limit: integer
// returns: nodes, degrees, columns
// access: read
CYPHER 5
MATCH (n:{{label}})
WHERE id(n) > $after
WITH n ORDER BY id(n) LIMIT $limit
WITH collect(n) AS page
RETURN [n IN page | id(n)] AS nodes,
       [n IN page | COUNT { (n)-->() }] AS degrees,
       [p IN $properties | [n IN page | n[p]]] AS columns
