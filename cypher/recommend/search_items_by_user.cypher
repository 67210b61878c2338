// The best items that a user has not met, by one release's vector index; for servers that have SEARCH.
// identifiers: user, user_key, item, item_key, title, interactions, vector, norm, index
// params: $user_id: any, $k: integer, $candidates: integer, $scale: float
// returns: id, title, score
// access: read
CYPHER 25
MATCH (u:{{user}} {{{user_key}}: $user_id})
MATCH (i:{{item}})
SEARCH i IN (VECTOR INDEX {{index}} FOR u.{{vector}} LIMIT $candidates) SCORE AS similarity
WHERE NOT EXISTS { (u)-[:{{interactions}}]-(i) }
RETURN i.{{item_key}} AS id, toString(i.{{title}}) AS title, (2 * similarity - 1) * u.{{norm}} * $scale AS score
ORDER BY score DESC, id
LIMIT $k
