// The best users for a user whom they have no tie with, by one release's vector index; for servers that have SEARCH.
// identifiers: user, user_key, social, title, asking_vector, index
// terms: owned
// params: $user_id: any, $leaving: list of types, $reaching: list of types, $k: integer, $candidates: integer, $scale: float
// returns: id, title, score
// access: read
CYPHER 25
MATCH (u:{{user}} {{{user_key}}: $user_id})
MATCH (v:{{user}})
SEARCH v IN (VECTOR INDEX {{index}} FOR u.{{asking_vector}} LIMIT $candidates) SCORE AS similarity
WHERE v <> u AND NOT EXISTS {
  (u)-[tie:{{social}}]-(v) WHERE type(tie) IN CASE WHEN startNode(tie) = u THEN $leaving ELSE $reaching END
} {{AND v.owned}}
RETURN v.{{user_key}} AS id, toString(v.{{title}}) AS title, (2 * similarity - 1) * $scale AS score
ORDER BY score DESC, id
LIMIT $k
