// What a user met last and liked, as vectors of one release, for a user that it has no vector of.
// identifiers: user, user_key, interactions, met
// params: $user_id: any, $times: property with the time, by relationship type, $most: integer
// returns: vectors
// access: read
MATCH (u:{{user}} {{{user_key}}: $user_id})-[r:{{interactions}}]-(i)
WHERE i.{{met}} IS NOT NULL
WITH i, max(r[$times[type(r)]]) AS time
ORDER BY time IS NULL, time DESC, elementId(i)
LIMIT $most
RETURN collect(i.{{met}}) AS vectors
