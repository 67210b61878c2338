// Take a release's vectors, and what is beside them, off a batch of nodes.
// identifiers: label, property
// params: $limit: integer, $properties: list of property names
// returns: removed
// access: write
MATCH (n:{{label}})
WHERE n.{{property}} IS NOT NULL
WITH n LIMIT $limit
FOREACH (name IN $properties | SET n[name] = null)
RETURN count(n) AS removed
