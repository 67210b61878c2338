// Take one release's vectors off a batch of nodes.
// identifiers: label, property, norm_property, people_property, asking_property
// params: $limit: integer
// returns: removed
// access: write
MATCH (n:{{label}})
WHERE n.{{property}} IS NOT NULL
WITH n LIMIT $limit
REMOVE n.{{property}}, n.{{norm_property}}, n.{{people_property}}, n.{{asking_property}}
RETURN count(n) AS removed
