// The best items for a vector made of events, but for some and those that a user has met, by a look at every item that is as wanted, and the turn of what serves.
// identifiers: user, user_key, item, item_key, title, interactions, vector
// terms: wanted, told
// params: $user_id: any, $vector: list of floats, $but: list of ids, $k: integer, $scale: float
// returns: turn, user_id, norm, items: id; title; score and what else is told of each
// access: read
OPTIONAL MATCH (u:{{user}} {{{user_key}}: $user_id})
CALL (u) {
  MATCH (i:{{item}})
  WHERE i.{{vector}} IS NOT NULL AND NOT i.{{item_key}} IN $but AND NOT EXISTS { (u)-[:{{interactions}}]-(i) } {{AND i.wanted}}
  WITH i, (2 * vector.similarity.cosine(i.{{vector}}, $vector) - 1) * $scale AS score, i.{{item_key}} AS id ORDER BY score DESC, id LIMIT $k
  RETURN collect([id, toString(i.{{title}}), score {{, i.told}}]) AS items // one row: more of them take longer to send
}
WITH u, items // all is read before the pointer is: what it names has served until then
OPTIONAL MATCH (p:HoplineActive {name: 'active'})
RETURN p.turn AS turn, u.{{user_key}} AS user_id, 1.0 AS norm, items
