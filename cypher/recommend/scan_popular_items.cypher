// The most chosen items that are as wanted, for a user the release does not know; what they met since is left out.
// identifiers: user, user_key, item, item_key, title, interactions
// terms: wanted, told
// params: $user_id: any, $k: integer
// returns: items: id; title; score and what else is told of each
// access: read
MATCH (i:{{item}})
WHERE NOT EXISTS { (:{{user}} {{{user_key}}: $user_id})-[:{{interactions}}]-(i) } {{AND i.wanted}}
WITH i, i.{{item_key}} AS id, toFloat(COUNT { (:{{user}})-[:{{interactions}}]-(i) }) AS score
ORDER BY score DESC, id LIMIT $k
RETURN collect([id, toString(i.{{title}}), score {{, i.told}}]) AS items
