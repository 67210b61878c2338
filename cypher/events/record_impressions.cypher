// Record that items were shown to users: a relationship each time, of a type that is nobody's interaction.
// identifiers: user, user_key, item, item_key
// params: $user_ids: list of keys, $item_ids: list of keys, $properties: list of maps
// returns: nothing
// access: write
UNWIND range(0, size($user_ids) - 1) AS row
MATCH (u:{{user}} {{{user_key}}: $user_ids[row]})
MATCH (i:{{item}} {{{item_key}}: $item_ids[row]})
CREATE (u)-[r:HOPLINE_SHOWN]->(i)
SET r = $properties[row]
