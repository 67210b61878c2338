// When users did something with items that they are known to have met, as the graph holds it.
// identifiers: user, user_key, item, item_key, types
// params: $user_ids: list of keys, $item_ids: list of keys, $times: property with the time, by relationship type
// returns: row, times
// access: read
UNWIND range(0, size($user_ids) - 1) AS row
MATCH (u:{{user}} {{{user_key}}: $user_ids[row]})-[r:{{types}}]-(i:{{item}} {{{item_key}}: $item_ids[row]})
RETURN row, [time IN collect(r[$times[type(r)]]) WHERE time IS NOT NULL] AS times
