// The paths from a user to an item: through items they met and facts, or people, that join these to it, and through friends.
// Of what they met, the items most like this one by the release's vectors are looked at; disliked ones count less.
// identifiers: user, user_key, item, item_key, title, interactions, knowledge, social, vector
// params: $user_id: any, $item_id: any, $history: integer, $people: integer, $limit: integer, $values: map of type to property, $titles: map of label to property, $keys: map of label to property
// returns: kind, met_id, met, did, value, first_type, via_id, via, second_type, shared, asked, weight
// access: read
MATCH (u:{{user}} {{{user_key}}: $user_id})
MATCH (i:{{item}} {{{item_key}}: $item_id})
CALL (u, i) {
  MATCH (u)-[r:{{interactions}}]->(s:{{item}})
  WHERE s <> i
  WITH i, s, max(toFloat(r[$values[type(r)]])) AS value, head(collect(type(r))) AS did
  WITH i, collect({s: s, value: value, did: did}) AS all_met, max(value) AS most
  UNWIND all_met AS one
  WITH one.s AS s, one.value AS value, one.did AS did,
       coalesce(vector.similarity.cosine(one.s.{{vector}}, i.{{vector}}), 0.5)
         * CASE WHEN most > 0 AND one.value >= 0 THEN one.value / most ELSE 1.0 END AS likeness
  ORDER BY likeness DESC, s.{{item_key}}
  LIMIT $history
  RETURN collect({s: s, value: value, did: did, likeness: likeness}) AS met
}
CALL (u, i, met) {
  UNWIND met AS m
  WITH m, m.s AS s, i
  MATCH (s)-[a:{{knowledge}}]-(i)
  RETURN 'fact' AS kind, m, type(a) AS first_type, null AS e, null AS second_type, 1 AS shared, 1 AS asked, m.likeness AS weight
UNION ALL
  UNWIND met AS m
  WITH m, m.s AS s, i
  MATCH (i)-[b:{{knowledge}}]-(e)
  WHERE e <> s
  MATCH (s)-[a:{{knowledge}}]-(e)
  RETURN 'shared' AS kind, m, type(a) AS first_type, e, type(b) AS second_type, 1 AS shared, 1 AS asked,
         m.likeness / log10(10 + COUNT { (e)--() }) AS weight
UNION ALL
  UNWIND met AS m
  WITH m, m.s AS s, i, u
  CALL (s, i, u) {
    MATCH (s)<-[:{{interactions}}]-(o:{{user}})
    WHERE o <> u
    WITH DISTINCT o, i
    LIMIT $people
    RETURN count(o) AS asked, count(CASE WHEN EXISTS { (o)-[:{{interactions}}]->(i) } THEN 1 END) AS shared
  }
  WITH m, i, asked, shared
  WHERE shared > 0
  RETURN 'people' AS kind, m, m.did AS first_type, null AS e, m.did AS second_type, shared, asked,
         m.likeness * shared / sqrt(toFloat(asked) * (asked + COUNT { (:{{user}})-[:{{interactions}}]->(i) })) AS weight
UNION ALL
  WITH u, i
  MATCH (u)-[:{{social}}]-(f:{{user}})-[:{{interactions}}]->(i)
  WITH count(DISTINCT f) AS shared, collect(DISTINCT f)[0] AS e
  WHERE shared > 0
  RETURN 'friends' AS kind, null AS m, null AS first_type, e, null AS second_type, shared, shared AS asked,
         toFloat(shared) / (shared + 1) AS weight
}
RETURN kind, m.s.{{item_key}} AS met_id, toString(coalesce(m.s.{{title}}, m.s.{{item_key}})) AS met, m.did AS did, m.value AS value,
       first_type,
       head([l IN labels(e) WHERE $keys[l] IS NOT NULL | e[$keys[l]]]) AS via_id,
       toString(head([l IN labels(e) WHERE $keys[l] IS NOT NULL | coalesce(e[$titles[l]], e[$keys[l]])])) AS via,
       second_type, shared, asked, weight
ORDER BY weight DESC, kind, met_id, via_id
LIMIT $limit
