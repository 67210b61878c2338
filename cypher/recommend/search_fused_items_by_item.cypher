// The items most like one item by two retrievers at once, one release's vector index, in the order of the exact cosine, and its
// relationships, fused by reciprocal ranks (Cormack et al. 2009), with which of both found each; for servers that have SEARCH.
// identifiers: asked, asked_key, item, item_key, title, vector, similar, index
// terms: indexed, wanted, told
// params: $item_id: any, $k: integer, $candidates: integer, $dimensions: integer, $is_whole: whether vectors are whole numbers about a mean, $flatness: float
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
  WITH i, [v IN [i.{{vector}}, one.{{vector}}] | CASE
    WHEN $is_whole THEN head([mean IN [reduce(sum = 0.0, x IN v | sum + x) / size(v)] | [x IN v | x - mean]])
    ELSE v[..$dimensions] // the rest is there for the index
  END] AS vectors
  WITH i, vectors[0] AS of_i, vectors[1] AS of_one
  WHERE any(x IN of_i WHERE abs(x) > 1e-12) AND any(x IN of_one WHERE abs(x) > 1e-12) // zeros have no direction
  WITH i, vector.similarity.cosine(of_i, of_one) AS cosine ORDER BY cosine DESC, i.{{item_key}} LIMIT $k
  WITH collect(i) AS found
  UNWIND range(0, size(found) - 1) AS place
  RETURN found[place] AS i, place, 'vectors' AS retriever
UNION ALL
  MATCH (one)-[near:{{similar}}]->(i:{{item}})
  WHERE i <> one {{AND i.indexed}} {{AND i.wanted}}
  WITH i, near.weight AS weight ORDER BY weight DESC, i.{{item_key}} LIMIT $k
  WITH collect(i) AS found
  UNWIND range(0, size(found) - 1) AS place
  RETURN found[place] AS i, place, 'similar' AS retriever
}
WITH i, sum(1 / ($flatness + place + 1)) AS score, collect(retriever) AS retrievers
WITH i, score, retrievers, i.{{item_key}} AS id ORDER BY score DESC, id LIMIT $k
RETURN collect([id, toString(i.{{title}}), score {{, i.told}}]) AS items, collect(retrievers) AS found_by
