// The most chosen items that are as wanted, for a user the release does not know; what they met since is left out.
// identifiers: user, user_key, item, item_key, title, interactions
// terms: wanted
// params: $user_id: any, $k: integer
// returns: id, title, score
// access: read
MATCH (i:{{item}})
WHERE NOT EXISTS { (:{{user}} {{{user_key}}: $user_id})-[:{{interactions}}]-(i) } {{AND i.wanted}}
WITH i, COUNT { (:{{user}})-[:{{interactions}}]-(i) } AS number, i.{{item_key}} AS id
ORDER BY number DESC, id
LIMIT $k
RETURN id, toString(i.{{title}}) AS title, toFloat(number) AS score
