// Make the nodes of one label that are not there yet, with some properties.
// identifiers: label, key
// params: $ids: list of keys, each once, $properties: map of what each that is made has
// returns: created
// access: write
UNWIND $ids AS id
OPTIONAL MATCH (n:{{label}} {{{key}}: id})
WITH id, n
WHERE n IS NULL
MERGE (made:{{label}} {{{key}}: id})
ON CREATE SET made += $properties
RETURN count(made) AS created
