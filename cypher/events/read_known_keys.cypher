// Those of some keys that nodes of a label have.
// identifiers: label, key
// params: $ids: list of keys
// returns: known
// access: read
UNWIND $ids AS id
MATCH (n:{{label}} {{{key}}: id})
RETURN collect(id) AS known
