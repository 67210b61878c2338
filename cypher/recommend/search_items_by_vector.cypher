// The best items for a vector made of events, but for some and those that a user has met, and the turn of what serves; for servers that have SEARCH.
// identifiers: user, user_key, item, item_key, title, interactions, index
// terms: indexed, wanted, told
// params: $user_id: any, $vector: list of floats, $but: list of ids, $k: integer, $candidates: integer, $scale: float
// returns: turn, user_id, norm, items: id; title; score and what else is told of each
// access: read
CYPHER 25
OPTIONAL MATCH (u:{{user}} {{{user_key}}: $user_id})
CALL (u) {
  MATCH (i:{{item}})
  SEARCH i IN (
    VECTOR INDEX {{index}} FOR $vector
    {{WHERE i.indexed}} LIMIT $candidates
  ) SCORE AS similarity
  WITH u, i, similarity ORDER BY similarity DESC // the best are looked at until $k are left, and no more of them
  WHERE NOT i.{{item_key}} IN $but AND NOT EXISTS { (u)-[:{{interactions}}]-(i) } {{AND i.wanted}}
  WITH i, similarity LIMIT $k
  WITH i, (2 * similarity - 1) * $scale AS score, i.{{item_key}} AS id ORDER BY score DESC, id
  RETURN collect([id, toString(i.{{title}}), score {{, i.told}}]) AS items // one row: more of them take longer to send
}
WITH u, items // all is read before the pointer is: what it names has served until then
OPTIONAL MATCH (p:HoplineActive {name: 'active'})
RETURN p.turn AS turn, u.{{user_key}} AS user_id, 1.0 AS norm, items
