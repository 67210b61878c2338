// Popular items in a given order, for a user the release does not know; what they met since is left out.
// identifiers: user, user_key, item, item_key, title, interactions
// terms: wanted, told
// params: $user_id: any, $ids: list of lists of ids that may be meant, $k: integer
// returns: items: id; title; score and what else is told of each
// access: read
UNWIND range(0, size($ids) - 1) AS place
MATCH (i:{{item}})
WHERE i.{{item_key}} IN $ids[place] AND NOT EXISTS { (:{{user}} {{{user_key}}: $user_id})-[:{{interactions}}]-(i) } {{AND i.wanted}}
WITH i, i.{{item_key}} AS id, toFloat(COUNT { (:{{user}})-[:{{interactions}}]-(i) }) AS score, place ORDER BY place LIMIT $k
RETURN collect([id, toString(i.{{title}}), score {{, i.told}}]) AS items
