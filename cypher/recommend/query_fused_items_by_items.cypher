// The best items for a vector made of some items by two retrievers at once, one release's vector index and its relationships from
// those items, their scores added, each by its largest, with which of both found each, and the turn of what serves; for servers before SEARCH.
// identifiers: item, item_key, title, vector, similar
// terms: wanted, told
// params: $vector: list of floats, $met: list of ids of items whose relationships are followed, $but: list of ids, $k: integer, $candidates: integer, $share: float, what relationships count beside vectors, $index: index name
// returns: turn, user_id, norm, items: id; title; score and what else is told of each, found_by, by_index: how many the index gave
// access: read
CALL () {
  CALL () {
    CALL db.index.vector.queryNodes($index, $candidates, $vector) YIELD node AS i, score AS similarity
    WITH i, similarity ORDER BY similarity DESC // the best are looked at until $k are left, and no more of them
    WHERE NOT i.{{item_key}} IN $but {{AND i.wanted}}
    WITH i, similarity LIMIT $k
    RETURN i, similarity, 0.0 AS weight
  UNION ALL
    MATCH (one:{{item}}) WHERE one.{{item_key}} IN $met
    MATCH (one)-[near:{{similar}}]->(i:{{item}})
    WITH i, sum(near.weight) AS weight
    WHERE NOT i.{{item_key}} IN $but {{AND i.wanted}}
    RETURN i, null AS similarity, weight
  }
  WITH i, max(similarity) AS similarity, sum(weight) AS weight, i.{{item_key}} AS id
  ORDER BY similarity IS NULL, weight DESC, id LIMIT 2 * $k // the index's, and of the others those that neighbours tell most of
  WITH i, id, weight, similarity IS NOT NULL AS by_index,
       2 * coalesce(similarity, vector.similarity.cosine(i.{{vector}}, $vector), 0.5) - 1 AS cosine
  WITH collect([i, id, cosine, weight, by_index]) AS found, max(abs(cosine)) AS most_alike, max(weight) AS heaviest,
       count(CASE WHEN by_index THEN 1 END) AS by_index
  UNWIND found AS one
  WITH one[0] AS i, one[1] AS id, CASE WHEN most_alike > 0 THEN one[2] / most_alike ELSE 0 END
       + CASE WHEN heaviest > 0 THEN $share * one[3] / heaviest ELSE 0 END AS score,
       CASE WHEN one[4] THEN ['vectors'] ELSE [] END + CASE WHEN one[3] > 0 THEN ['similar'] ELSE [] END AS retrievers, by_index
  ORDER BY score DESC, id LIMIT $k
  RETURN collect([id, toString(i.{{title}}), score {{, i.told}}]) AS items, collect(retrievers) AS found_by,
         coalesce(max(by_index), 0) AS by_index
}
WITH items, found_by, by_index // all is read before the pointer is: what it names has served until then
OPTIONAL MATCH (p:HoplineActive {name: 'active'})
RETURN p.turn AS turn, null AS user_id, 1.0 AS norm, items, found_by, by_index
