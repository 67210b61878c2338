// The best users for a user whom they have no tie with, by one release's vector index; for servers before SEARCH.
// identifiers: user, user_key, social, title, asking_vector
// terms: owned
// params: $user_id: any, $leaving: list of types, $reaching: list of types, $k: integer, $candidates: integer, $scale: float, $index: index name
// returns: id, title, score
// access: read
MATCH (u:{{user}} {{{user_key}}: $user_id})
CALL db.index.vector.queryNodes($index, $candidates, u.{{asking_vector}}) YIELD node AS v, score AS similarity
WHERE v <> u AND NOT EXISTS {
  (u)-[tie:{{social}}]-(v) WHERE type(tie) IN CASE WHEN startNode(tie) = u THEN $leaving ELSE $reaching END
} {{AND v.owned}}
RETURN v.{{user_key}} AS id, toString(v.{{title}}) AS title, (2 * similarity - 1) * $scale AS score
ORDER BY score DESC, id
LIMIT $k
