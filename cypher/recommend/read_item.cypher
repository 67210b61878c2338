// Whether there is such an item, and whether a release has a vector of it.
// identifiers: item, item_key, vector
// params: $item_id: any
// returns: has_vector
// access: read
MATCH (i:{{item}} {{{item_key}}: $item_id})
RETURN i.{{vector}} IS NOT NULL AS has_vector
