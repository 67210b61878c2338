// The best items that a user has not met, by one release's vector index; for servers before SEARCH.
// identifiers: user, user_key, item_key, title, interactions, vector, norm
// params: $user_id: any, $k: integer, $candidates: integer, $scale: float, $index: index name
// returns: id, title, score
// access: read
MATCH (u:{{user}} {{{user_key}}: $user_id})
CALL db.index.vector.queryNodes($index, $candidates, u.{{vector}}) YIELD node AS i, score AS similarity
WHERE NOT EXISTS { (u)-[:{{interactions}}]-(i) }
RETURN i.{{item_key}} AS id, toString(i.{{title}}) AS title, (2 * similarity - 1) * u.{{norm}} * $scale AS score
ORDER BY score DESC, id
LIMIT $k
