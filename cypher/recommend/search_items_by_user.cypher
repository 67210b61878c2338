// The best items that a user has not met, by one release's vector index, and which release serves; for servers that have SEARCH.
// identifiers: user, user_key, item, item_key, title, interactions, vector, norm, index
// params: $user_ids: list of ids that may be meant, the likeliest first, $k: integer, $candidates: integer, $scale: float, $zero: float
// returns: version, user_id, norm, id, title, score
// access: read
CYPHER 25
OPTIONAL MATCH (u:{{user}}) WHERE u.{{user_key}} IN $user_ids
WITH u ORDER BY u.{{user_key}} = $user_ids[0] DESC LIMIT 1
OPTIONAL CALL (u) {
  WITH u WHERE u.{{norm}} > 0
  MATCH (i:{{item}})
  SEARCH i IN (VECTOR INDEX {{index}} FOR [x IN u.{{vector}} | x - $zero] LIMIT $candidates) SCORE AS similarity
  WHERE NOT EXISTS { (u)-[:{{interactions}}]-(i) }
  RETURN i.{{item_key}} AS id, toString(i.{{title}}) AS title, (2 * similarity - 1) * u.{{norm}} * $scale AS score
  ORDER BY score DESC, id
  LIMIT $k
}
WITH u, id, title, score ORDER BY score DESC, id // all is read before the pointer is: what it names has served until then
OPTIONAL MATCH (p:HoplineActive {name: 'active'})
RETURN p.version AS version, u.{{user_key}} AS user_id, u.{{norm}} AS norm, id, title, score
ORDER BY score DESC, id
