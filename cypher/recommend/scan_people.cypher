// The best users for a user whom they have no tie with, and who are as wanted, by a look at every user.
// identifiers: user, user_key, social, title, asking_vector, asked_vector
// terms: wanted
// params: $user_id: any, $leaving: list of types, $reaching: list of types, $k: integer, $scale: float
// returns: items: id; title; score
// access: read
MATCH (u:{{user}} {{{user_key}}: $user_id})
MATCH (v:{{user}})
WHERE v <> u AND v.{{asked_vector}} IS NOT NULL AND NOT EXISTS {
  (u)-[tie:{{social}}]-(v) WHERE type(tie) IN CASE WHEN startNode(tie) = u THEN $leaving ELSE $reaching END
} {{AND v.wanted}}
WITH v, vector.similarity.cosine(v.{{asked_vector}}, u.{{asking_vector}}) AS similarity
WITH v, (2 * similarity - 1) * $scale AS score, v.{{user_key}} AS id ORDER BY score DESC, id LIMIT $k
RETURN collect([id, toString(v.{{title}}), score]) AS items
