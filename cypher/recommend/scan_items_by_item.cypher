// The items most like one item, of its domain or of another, by a look at every item that is as wanted, and the exact cosine.
// identifiers: asked, asked_key, item, item_key, title, vector
// terms: wanted, told
// params: $item_id: any, $k: integer, $dimensions: integer, $is_whole: whether vectors are whole numbers about a mean
// returns: items: id; title; score and what else is told of each
// access: read
MATCH (one:{{asked}} {{{asked_key}}: $item_id})
MATCH (i:{{item}})
WHERE i <> one AND i.{{vector}} IS NOT NULL {{AND i.wanted}}
WITH i, [v IN [i.{{vector}}, one.{{vector}}] | CASE
  WHEN $is_whole THEN head([mean IN [reduce(sum = 0.0, x IN v | sum + x) / size(v)] | [x IN v | x - mean]])
  ELSE v[..$dimensions] // the rest is there for the index
END] AS vectors
WITH i, vectors[0] AS of_i, vectors[1] AS of_one
WHERE any(x IN of_i WHERE abs(x) > 1e-12) AND any(x IN of_one WHERE abs(x) > 1e-12) // zeros have no direction
WITH i, 2 * vector.similarity.cosine(of_i, of_one) - 1 AS score, i.{{item_key}} AS id ORDER BY score DESC, id LIMIT $k
RETURN collect([id, toString(i.{{title}}), score {{, i.told}}]) AS items
