// Whose those of some keys are that nodes of a label have, by the property that names it.
// identifiers: label, key, tenant
// params: $ids: list of keys
// returns: known, owners
// access: read
UNWIND $ids AS id
MATCH (n:{{label}} {{{key}}: id})
RETURN collect(id) AS known, collect([n.{{tenant}}]) AS owners
