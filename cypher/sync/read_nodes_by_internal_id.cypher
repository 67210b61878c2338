// Those of the given nodes that have a label, as columns: internal ids, and one list a property, nulls kept.
// identifiers: label
// params: $properties: list of property names, $page: map with nodes, a list of internal ids
// returns: nodes, columns
// access: read
CYPHER 5
MATCH (n:{{label}})
WHERE id(n) IN $page.nodes
WITH collect(n) AS page
RETURN [n IN page | id(n)] AS nodes, [p IN $properties | [n IN page | n[p]]] AS columns
