// An item's id as it is stored, and whether a release has a vector of it.
// identifiers: item, item_key, vector
// terms: wanted
// params: $item_ids: list of ids that may be meant, the likeliest first
// returns: id, has_vector
// access: read
UNWIND $item_ids AS item_id
MATCH (i:{{item}} {{{item_key}}: item_id})
{{WHERE i.wanted}}
RETURN i.{{item_key}} AS id, i.{{vector}} IS NOT NULL AS has_vector
LIMIT 1
