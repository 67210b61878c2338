// The best items that a user has not met by two retrievers at once, one release's vector index and its relationships from what they
// met last, their scores added, each by its largest, with which of both found each, and the turn of what serves; of a user who
// did something since the release was learnt, or whom it does not know, what they met last unless a vector was made of that; for
// servers that have SEARCH.
// identifiers: user, user_key, item, item_key, title, interactions, liked, vector, norm, known, met, similar, index
// terms: indexed, wanted, told, owned
// params: $user_ids: list of ids that may be meant, the likeliest first, $vector: list of floats made of events, or null: the user's own, $k: integer, $candidates: integer, $zero: float, $times: property with the time, by relationship type, $most: integer, $weighed: whether events are told with what was met, $amounts: property that tells how much, by relationship type, $traits: list of names of properties of the user that are told where nothing was learnt of them, $met_most: integer, $share: float, what relationships count beside vectors, $own: list of names of properties of the user that are told
// returns: turn, user_id, norm, asking, met, traits, own, items: id; title; score and what else is told of each, found_by, by_index: how many the index gave
// access: read
CYPHER 25
OPTIONAL MATCH (u:{{user}}) WHERE u.{{user_key}} IN $user_ids {{AND u.owned}}
WITH u ORDER BY u.{{user_key}} = $user_ids[0] DESC LIMIT 1
WITH u, CASE
  WHEN $most = 0 OR $vector IS NOT NULL THEN 0
  WHEN u.{{norm}} > 0 THEN coalesce(COUNT { (u)-[:{{liked}}]-() } - toInteger(u.{{known}}), 0)
  ELSE $most
END AS fresh // how many events training has not seen, below 0: how many that it has were deleted since
WITH u, fresh, CASE WHEN fresh >= 0 OR fresh + toInteger(u.{{known}}) > 0 THEN u.{{norm}} END AS norm // null: all was taken back
WITH u, fresh, norm, CASE WHEN fresh > 0 THEN u.{{vector}} END AS asking, [met IN COLLECT {
  WITH u, fresh WHERE fresh > 0
  MATCH (u)-[r:{{liked}}]-(i)
  WITH i, max(r[$times[type(r)]]) AS time, max(toInteger(split(elementId(r), ':')[2])) AS made,
       collect(CASE WHEN $weighed THEN [type(r), r[coalesce($amounts[type(r)], '')], r[$times[type(r)]]] END) AS events
  ORDER BY time IS NULL, time DESC, made DESC
  LIMIT $most
  RETURN [i.{{met}}, events]
}[..fresh] WHERE met[0] IS NOT NULL] AS met
CALL (u, fresh, norm) {
  WITH u WHERE fresh <= 0 AND (norm > 0 OR $vector IS NOT NULL)
  WITH u, CASE
    WHEN $vector IS NOT NULL THEN $vector
    WHEN $zero = 0 THEN u.{{vector}}
    ELSE [x IN u.{{vector}} | x - $zero]
  END AS asked
  CALL (u, asked) {
    MATCH (i:{{item}})
    SEARCH i IN (
      VECTOR INDEX {{index}} FOR asked
      {{WHERE i.indexed}} LIMIT $candidates
    ) SCORE AS similarity
    WITH u, i, similarity ORDER BY similarity DESC // the best are looked at until $k are left, and no more of them
    WHERE NOT EXISTS { (u)-[:{{interactions}}]-(i) } {{AND i.wanted}}
    WITH i, similarity LIMIT $k
    RETURN i, similarity, 0.0 AS weight
  UNION ALL
    MATCH (u)-[r:{{liked}}]-(one:{{item}})
    WITH u, one, max(r[$times[type(r)]]) AS time, max(toInteger(split(elementId(r), ':')[2])) AS made
    ORDER BY time IS NULL, time DESC, made DESC
    LIMIT $met_most
    MATCH (one)-[near:{{similar}}]->(i:{{item}})
    RETURN i, null AS similarity, sum(near.weight) AS weight
  }
  WITH u, asked, i, max(similarity) AS similarity, sum(weight) AS weight, i.{{item_key}} AS id
  ORDER BY similarity IS NULL, weight DESC, id // the index's, then those that neighbours tell most of, until there are enough
  WHERE similarity IS NOT NULL OR NOT EXISTS { (u)-[:{{interactions}}]-(i) } {{AND i.indexed}} {{AND i.wanted}}
  WITH asked, i, similarity, weight, id LIMIT 2 * $k
  WITH i, id, weight, similarity IS NOT NULL AS by_index,
       2 * coalesce(similarity, vector.similarity.cosine(i.{{vector}}, asked), 0.5) - 1 AS cosine
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
WITH u, norm, asking, met, items, found_by, by_index // all is read before the pointer is: what it names has served until then
OPTIONAL MATCH (p:HoplineActive {name: 'active'})
RETURN p.turn AS turn, u.{{user_key}} AS user_id, CASE WHEN $vector IS NULL THEN norm ELSE 1.0 END AS norm, asking, met,
       CASE WHEN coalesce(norm, 0) = 0 THEN [name IN $traits | u[name]] END AS traits,
       [name IN $own | u[name]] AS own, items, found_by, by_index
