// Popular items in a given order, for a user the release does not know; what they met since is left out.
// identifiers: user, user_key, item, item_key, title, interactions
// terms: wanted
// params: $user_id: any, $ids: list of lists of ids that may be meant, $k: integer
// returns: id, title, score
// access: read
UNWIND range(0, size($ids) - 1) AS place
MATCH (i:{{item}})
WHERE i.{{item_key}} IN $ids[place] AND NOT EXISTS { (:{{user}} {{{user_key}}: $user_id})-[:{{interactions}}]-(i) } {{AND i.wanted}}
RETURN i.{{item_key}} AS id, toString(i.{{title}}) AS title,
       toFloat(COUNT { (:{{user}})-[:{{interactions}}]-(i) }) AS score
ORDER BY place
LIMIT $k
