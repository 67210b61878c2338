// The items most like one item, of its domain or of another, by one release's vector index and then the exact cosine; for servers that have SEARCH.
// identifiers: asked, asked_key, item, item_key, title, vector, index
// params: $item_id: any, $k: integer, $candidates: integer, $dimensions: integer
// returns: id, title, score
// access: read
CYPHER 25
MATCH (one:{{asked}} {{{asked_key}}: $item_id})
MATCH (i:{{item}})
SEARCH i IN (VECTOR INDEX {{index}} FOR one.{{vector}} LIMIT $candidates)
WHERE i <> one
WITH i, i.{{vector}}[..$dimensions] AS of_i, one.{{vector}}[..$dimensions] AS of_one
WHERE any(x IN of_i WHERE abs(x) > 1e-12) AND any(x IN of_one WHERE abs(x) > 1e-12) // zeros have no direction
WITH i, 2 * vector.similarity.cosine(of_i, of_one) - 1 AS score
RETURN i.{{item_key}} AS id, toString(i.{{title}}) AS title, score
ORDER BY score DESC, id
LIMIT $k
