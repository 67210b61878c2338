// Take a release's vectors, and what is beside them, off some nodes.
// identifiers: label, key
// params: $ids: list of ids, $properties: list of property names
// returns: removed
// access: write
UNWIND $ids AS id
MATCH (n:{{label}} {{{key}}: id})
FOREACH (name IN $properties | SET n[name] = null)
RETURN count(n) AS removed
