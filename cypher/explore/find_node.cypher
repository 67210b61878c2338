// A node's key as it is stored.
// identifiers: label, key
// params: $ids: list of ids that may be meant, the likeliest first
// returns: id
// access: read
UNWIND $ids AS id
MATCH (n:{{label}} {{{key}}: id})
RETURN n.{{key}} AS id
LIMIT 1
