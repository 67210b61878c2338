// The best users for a user whom they have no tie with, and who are as wanted, by one release's vector index; for servers before SEARCH.
// identifiers: user, user_key, social, title, asking_vector
// terms: wanted
// params: $user_id: any, $leaving: list of types, $reaching: list of types, $k: integer, $candidates: integer, $scale: float, $index: index name
// returns: items: id; title; score
// access: read
MATCH (u:{{user}} {{{user_key}}: $user_id})
CALL db.index.vector.queryNodes($index, $candidates, u.{{asking_vector}}) YIELD node AS v, score AS similarity
WHERE v <> u AND NOT EXISTS {
  (u)-[tie:{{social}}]-(v) WHERE type(tie) IN CASE WHEN startNode(tie) = u THEN $leaving ELSE $reaching END
} {{AND v.wanted}}
WITH v, (2 * similarity - 1) * $scale AS score, v.{{user_key}} AS id ORDER BY score DESC, id LIMIT $k
RETURN collect([id, toString(v.{{title}}), score]) AS items
