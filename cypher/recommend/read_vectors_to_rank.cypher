// The vectors by which given items are ranked for a user, of one release, and the turn of what serves.
// identifiers: user, user_key, item, item_key, title, liked, vector, norm, known, met
// terms: wanted, owned
// params: $user_ids: list of ids that may be meant, the likeliest first, $items: list of such lists, $times: property with the time, by relationship type, $most: integer, $weighed: whether events are told with what was met, $amounts: property that tells how much, by relationship type, $traits: list of names of properties of the user that are told where nothing was learnt of them, $own: list of names of properties of the user that are told, $told: list of those of items
// returns: turn, user_id, asking, norm, met, traits, own, ids, titles, vectors, figures
// access: read
OPTIONAL MATCH (u:{{user}}) WHERE u.{{user_key}} IN $user_ids {{AND u.owned}}
WITH u ORDER BY u.{{user_key}} = $user_ids[0] DESC LIMIT 1
WITH u, CASE
  WHEN $most = 0 THEN 0
  WHEN u.{{norm}} > 0 THEN coalesce(COUNT { (u)-[:{{liked}}]-() } - toInteger(u.{{known}}), 0)
  ELSE $most
END AS fresh // how many events training has not seen, below 0: how many that it has were deleted since
WITH u, fresh, CASE WHEN fresh >= 0 OR fresh + toInteger(u.{{known}}) > 0 THEN u.{{norm}} END AS norm // null: all was taken back
WITH u, norm, [met IN COLLECT {
  WITH u, fresh WHERE fresh > 0
  MATCH (u)-[r:{{liked}}]-(i)
  WITH i, max(r[$times[type(r)]]) AS time, max(toInteger(split(elementId(r), ':')[2])) AS made,
       collect(CASE WHEN $weighed THEN [type(r), r[coalesce($amounts[type(r)], '')], r[$times[type(r)]]] END) AS events
  ORDER BY time IS NULL, time DESC, made DESC
  LIMIT $most
  RETURN [i.{{met}}, events]
}[..fresh] WHERE met[0] IS NOT NULL] AS met
CALL () {
  UNWIND $items AS item_ids
  CALL (item_ids) {
    MATCH (i:{{item}}) WHERE i.{{item_key}} IN item_ids {{AND i.wanted}}
    RETURN i ORDER BY i.{{item_key}} = item_ids[0] DESC LIMIT 1
  }
  WITH DISTINCT i WHERE i.{{vector}} IS NOT NULL
  RETURN collect(i.{{item_key}}) AS ids, collect(toString(coalesce(i.{{title}}, ''))) AS titles, collect(i.{{vector}}) AS vectors,
         collect([name IN $told | i[name]]) AS figures
}
OPTIONAL MATCH (p:HoplineActive {name: 'active'})
RETURN p.turn AS turn, u.{{user_key}} AS user_id, u.{{vector}} AS asking, norm, met,
       CASE WHEN coalesce(norm, 0) = 0 THEN [name IN $traits | u[name]] END AS traits,
       [name IN $own | CASE WHEN norm IS NOT NULL THEN u[name] END] AS own, ids, titles, vectors, figures
