// Make the nodes of one label that are not there yet, as those of a tenant.
// identifiers: label, key, tenant
// params: $ids: list of keys, each once, $name: the tenant's
// returns: created
// access: write
UNWIND $ids AS id
OPTIONAL MATCH (n:{{label}} {{{key}}: id})
WITH id, n
WHERE n IS NULL
MERGE (made:{{label}} {{{key}}: id})
ON CREATE SET made.{{tenant}} = $name
RETURN count(made) AS created
