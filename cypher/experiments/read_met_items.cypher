// Items that users met, and when, as the graph holds it: of a pair and a kind the latest time.
// identifiers: user, user_key, item, item_key, types
// params: $user_ids: list of keys, $times: property with the time, by relationship type
// returns: user_id, met: item id and time
// access: read
UNWIND $user_ids AS user_id
MATCH (u:{{user}} {{{user_key}}: user_id})-[r:{{types}}]-(i:{{item}})
RETURN user_id, collect([i.{{item_key}}, r[$times[type(r)]]]) AS met
