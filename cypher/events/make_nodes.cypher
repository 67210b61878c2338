// Make the nodes of one label that are not there yet.
// identifiers: label, key
// params: $ids: list of keys, each once
// returns: created
// access: write
UNWIND $ids AS id
OPTIONAL MATCH (n:{{label}} {{{key}}: id})
WITH id, n
WHERE n IS NULL
MERGE (made:{{label}} {{{key}}: id})
RETURN count(made) AS created
