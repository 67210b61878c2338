// The best users for a user whom they have no tie with, and who are as wanted, by one release's vector index; for servers that have SEARCH.
// identifiers: user, user_key, social, title, asking_vector, index
// terms: indexed, wanted
// params: $user_id: any, $leaving: list of types, $reaching: list of types, $k: integer, $candidates: integer, $scale: float
// returns: items: id; title; score
// access: read
CYPHER 25
MATCH (u:{{user}} {{{user_key}}: $user_id})
MATCH (v:{{user}})
SEARCH v IN (VECTOR INDEX {{index}} FOR u.{{asking_vector}} {{WHERE v.indexed}} LIMIT $candidates) SCORE AS similarity
WHERE v <> u AND NOT EXISTS {
  (u)-[tie:{{social}}]-(v) WHERE type(tie) IN CASE WHEN startNode(tie) = u THEN $leaving ELSE $reaching END
} {{AND v.wanted}}
WITH v, (2 * similarity - 1) * $scale AS score, v.{{user_key}} AS id ORDER BY score DESC, id LIMIT $k
RETURN collect([id, toString(v.{{title}}), score]) AS items
