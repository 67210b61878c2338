// The items most like one item by two retrievers at once, one release's vector index, in the order of the exact cosine, and its
// relationships, their scores added, each by its largest, with which of both found each; for servers that have SEARCH.
// identifiers: asked, asked_key, item, item_key, title, vector, similar, index
// terms: indexed, wanted, told
// params: $item_id: any, $k: integer, $candidates: integer, $dimensions: integer, $is_whole: whether vectors are whole numbers about a mean, $share: float, what relationships count beside vectors
// returns: items: id; title; score and what else is told of each, found_by
// access: read
CYPHER 25
MATCH (one:{{asked}} {{{asked_key}}: $item_id})
CALL (one) {
  MATCH (i:{{item}})
  SEARCH i IN (
    VECTOR INDEX {{index}} FOR one.{{vector}}
    {{WHERE i.indexed}} LIMIT $candidates
  )
  WHERE i <> one {{AND i.wanted}}
  RETURN i, 'vectors' AS retriever, 0.0 AS weight
UNION ALL
  MATCH (one)-[near:{{similar}}]->(i:{{item}})
  WHERE i <> one {{AND i.indexed}} {{AND i.wanted}}
  RETURN i, 'similar' AS retriever, near.weight AS weight
}
WITH one, i, collect(retriever) AS retrievers, sum(weight) AS weight
WITH i, retrievers, weight, [v IN [i.{{vector}}, one.{{vector}}] | CASE
  WHEN $is_whole THEN head([mean IN [reduce(sum = 0.0, x IN v | sum + x) / size(v)] | [x IN v | x - mean]])
  ELSE v[..$dimensions] // the rest is there for the index
END] AS vectors
WITH i, retrievers, weight, CASE
  WHEN all(v IN vectors WHERE any(x IN v WHERE abs(x) > 1e-12)) // zeros have no direction
  THEN 2 * vector.similarity.cosine(vectors[0], vectors[1]) - 1
END AS cosine
WHERE cosine IS NOT NULL OR weight > 0
WITH collect([i, retrievers, weight, coalesce(cosine, 0)]) AS found, max(abs(cosine)) AS most_alike, max(weight) AS heaviest
UNWIND found AS one
WITH one[0] AS i, one[1] AS retrievers, CASE WHEN most_alike > 0 THEN one[3] / most_alike ELSE 0 END
     + CASE WHEN heaviest > 0 THEN $share * one[2] / heaviest ELSE 0 END AS score
WITH i, score, retrievers, i.{{item_key}} AS id ORDER BY score DESC, id LIMIT $k
RETURN collect([id, toString(i.{{title}}), score {{, i.told}}]) AS items, collect(retrievers) AS found_by
