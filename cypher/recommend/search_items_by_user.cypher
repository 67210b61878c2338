// The best items that a user has not met, by one release's vector index, and which release serves; for servers that have SEARCH.
// identifiers: user, user_key, item, item_key, title, interactions, vector, norm, index
// terms: indexed, wanted, told
// params: $user_ids: list of ids that may be meant, the likeliest first, $k: integer, $candidates: integer, $scale: float, $zero: float
// returns: version, user_id, norm, items: id; title; score and what else is told of each
// access: read
CYPHER 25
OPTIONAL MATCH (u:{{user}}) WHERE u.{{user_key}} IN $user_ids
WITH u ORDER BY u.{{user_key}} = $user_ids[0] DESC LIMIT 1
CALL (u) {
  WITH u WHERE u.{{norm}} > 0
  MATCH (i:{{item}})
  SEARCH i IN (
    VECTOR INDEX {{index}} FOR CASE WHEN $zero = 0 THEN u.{{vector}} ELSE [x IN u.{{vector}} | x - $zero] END
    {{WHERE i.indexed}} LIMIT $candidates
  ) SCORE AS similarity
  WHERE NOT EXISTS { (u)-[:{{interactions}}]-(i) } {{AND i.wanted}}
  WITH i, (2 * similarity - 1) * u.{{norm}} * $scale AS score, i.{{item_key}} AS id ORDER BY score DESC, id LIMIT $k
  RETURN collect([id, toString(i.{{title}}), score {{, i.told}}]) AS items // one row: more of them take longer to send
}
WITH u, items // all is read before the pointer is: what it names has served until then
OPTIONAL MATCH (p:HoplineActive {name: 'active'})
RETURN p.version AS version, u.{{user_key}} AS user_id, u.{{norm}} AS norm, items
