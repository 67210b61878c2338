// The items with the most interactions.
// identifiers: item, item_key, title, user, interactions
// params: $k: integer
// returns: id, title, number
// access: read
MATCH (i:{{item}})
WHERE i.{{item_key}} IS NOT NULL
WITH i, COUNT { (i)-[:{{interactions}}]-(:{{user}}) } AS number
ORDER BY number DESC, i.{{item_key}}
LIMIT $k
RETURN i.{{item_key}} AS id, toStringOrNull(i.{{title}}) AS title, number
ORDER BY number DESC, id
