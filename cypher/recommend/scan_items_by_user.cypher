// The best items that a user has not met, by a look at every item that is as wanted, and the turn of what serves.
// identifiers: user, user_key, item, item_key, title, interactions, liked, vector, norm, known, met
// terms: wanted, told, owned
// params: $user_ids: list of ids that may be meant, the likeliest first, $k: integer, $scale: float, $zero: float, $times: property with the time, by relationship type, $most: integer, $weighed: whether events are told with what was met, $amounts: property that tells how much, by relationship type, $traits: list of names of properties of the user that are told where nothing was learnt of them, $own: list of names of properties of the user that are told
// returns: turn, user_id, norm, asking, met, traits, own, items: id; title; score and what else is told of each
// access: read
OPTIONAL MATCH (u:{{user}}) WHERE u.{{user_key}} IN $user_ids {{AND u.owned}}
WITH u ORDER BY u.{{user_key}} = $user_ids[0] DESC LIMIT 1
WITH u, CASE
  WHEN $most = 0 THEN 0
  WHEN u.{{norm}} > 0 THEN coalesce(COUNT { (u)-[:{{liked}}]-() } - toInteger(u.{{known}}), 0)
  ELSE $most
END AS fresh // how many events training has not seen, below 0: how many that it has were deleted since
WITH u, fresh, CASE WHEN fresh >= 0 OR fresh + toInteger(u.{{known}}) > 0 THEN u.{{norm}} END AS norm // null: all was taken back
WITH u, fresh, norm, CASE WHEN fresh > 0 THEN u.{{vector}} END AS asking, [met IN COLLECT {
  WITH u, fresh WHERE fresh > 0
  MATCH (u)-[r:{{liked}}]-(i)
  WITH i, max(r[$times[type(r)]]) AS time, max(toInteger(split(elementId(r), ':')[2])) AS made,
       collect(CASE WHEN $weighed THEN [type(r), r[coalesce($amounts[type(r)], '')], r[$times[type(r)]]] END) AS events
  ORDER BY time IS NULL, time DESC, made DESC
  LIMIT $most
  RETURN [i.{{met}}, events]
}[..fresh] WHERE met[0] IS NOT NULL] AS met
CALL (u, fresh, norm) {
  WITH u WHERE norm > 0 AND fresh <= 0
  MATCH (i:{{item}})
  WHERE i.{{vector}} IS NOT NULL AND NOT EXISTS { (u)-[:{{interactions}}]-(i) } {{AND i.wanted}}
  WITH u, i, vector.similarity.cosine(i.{{vector}}, CASE WHEN $zero = 0 THEN u.{{vector}} ELSE [x IN u.{{vector}} | x - $zero] END) AS similarity
  WITH i, (2 * similarity - 1) * u.{{norm}} * $scale AS score, i.{{item_key}} AS id ORDER BY score DESC, id LIMIT $k
  RETURN collect([id, toString(i.{{title}}), score {{, i.told}}]) AS items // one row: more of them take longer to send
}
WITH u, norm, asking, met, items // all is read before the pointer is: what it names has served until then
OPTIONAL MATCH (p:HoplineActive {name: 'active'})
RETURN p.turn AS turn, u.{{user_key}} AS user_id, norm, asking, met,
       CASE WHEN coalesce(norm, 0) = 0 THEN [name IN $traits | u[name]] END AS traits, [name IN $own | u[name]] AS own, items
