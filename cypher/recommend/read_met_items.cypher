// Items of a domain that users met, relationship by relationship, as the graph holds it: of a pair and a kind the latest time. Where
// times are the same, or are not known, the one that was made later counts as later.
// identifiers: user, user_key, item, item_key, types
// params: $user_ids: list of keys, $times: property with the time, by relationship type, $liked: list of types that tell of liking
// returns: user_id, met: item id; time; whether it tells of liking; when it was made
// access: read
UNWIND $user_ids AS user_id
MATCH (u:{{user}} {{{user_key}}: user_id})-[r:{{types}}]-(i:{{item}})
RETURN user_id, collect([
  i.{{item_key}}, r[$times[type(r)]], type(r) IN $liked, toInteger(split(elementId(r), ':')[2])
]) AS met
