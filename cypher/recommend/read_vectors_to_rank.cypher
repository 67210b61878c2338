// The vectors by which given items are ranked for a user, of one release, and which release serves.
// identifiers: user, user_key, item, item_key, title, vector, norm
// params: $user_ids: list of ids that may be meant, the likeliest first, $items: list of such lists
// returns: version, user_id, asking, norm, ids, titles, vectors
// access: read
OPTIONAL MATCH (u:{{user}}) WHERE u.{{user_key}} IN $user_ids
WITH u ORDER BY u.{{user_key}} = $user_ids[0] DESC LIMIT 1
CALL () {
  UNWIND $items AS item_ids
  CALL (item_ids) {
    MATCH (i:{{item}}) WHERE i.{{item_key}} IN item_ids
    RETURN i ORDER BY i.{{item_key}} = item_ids[0] DESC LIMIT 1
  }
  WITH DISTINCT i WHERE i.{{vector}} IS NOT NULL
  RETURN collect(i.{{item_key}}) AS ids, collect(toString(coalesce(i.{{title}}, ''))) AS titles, collect(i.{{vector}}) AS vectors
}
OPTIONAL MATCH (p:HoplineActive {name: 'active'})
RETURN p.version AS version, u.{{user_key}} AS user_id, u.{{vector}} AS asking, u.{{norm}} AS norm, ids, titles, vectors
