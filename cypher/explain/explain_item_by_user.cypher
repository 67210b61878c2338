// The paths from a user to an item: through items of any domain that they met and facts, or people, that join these to it, and through friends.
// Of what they met, the items most like this one by the release's vectors are looked at; disliked ones count less.
// A second path through the same entity, or of the same kind if it has none, counts half, a third one a third: it tells less.
// Two nodes may be joined by several facts: one stands for them, if it can one that joins both items in the same way.
// identifiers: user, user_key, item, item_key, items, interactions, knowledge, social, all, vector
// terms: wanted, owned
// params: $user_id: any, $item_id: any, $history: integer, $people: integer, $limit: integer, $reach: float of a release whose vectors are whole numbers, else null, $values: map of label of items to map of type to property, $titles: map of label to property, $keys: map of label to property
// returns: kind, met_id, met, did, value, first_type, first_out, via_id, via, second_type, second_out, shared, asked, weight
// access: read
MATCH (u:{{user}} {{{user_key}}: $user_id})
MATCH (i:{{item}} {{{item_key}}: $item_id})
CALL (u, i) {
  MATCH (u)-[r:{{interactions}}]-(s:{{items}})
  WHERE s <> i {{AND s.wanted}}
  WITH i, s, r, head([l IN labels(s) WHERE $values[l] IS NOT NULL]) AS domain
  WITH i, s, domain, type(r) AS did, toFloatOrNull(r[$values[domain][type(r)]]) AS value
  ORDER BY value IS NULL, value DESC, did
  WITH i, s, domain, collect({did: did, value: value})[0] AS best
  WITH i, domain, best.did AS did, collect({s: s, value: best.value}) AS all_met, max(best.value) AS most
  UNWIND all_met AS one
  WITH one, domain, did, most, [one.s.{{vector}}, i.{{vector}}] AS stored
  WITH one, domain, did, most, CASE WHEN $reach IS NULL THEN stored ELSE
         [p IN [v IN stored | [v, reduce(sum = 0.0, x IN v | sum + x) / size(v), reduce(sum = 0.0, x IN v | sum + x * x)]] |
           head([own IN [1 - $reach ^ 2 * (1 - size(p[0]) * p[1] ^ 2 / p[2])] |
             [x IN p[0] | (x - p[1]) * $reach / sqrt(p[2])] + [sqrt((own + abs(own)) / 2)]])]
       END AS vectors // whole numbers as the floats that they stand for
  WITH one.s AS s, one.value AS value, domain, did,
       coalesce(vector.similarity.cosine(vectors[0], vectors[1]), 0.5)
         * CASE WHEN one.value < 0 THEN 0.0 WHEN most > 0 THEN coalesce(one.value / most, 1.0) ELSE 1.0 END AS likeness
  ORDER BY likeness DESC, domain, s[$keys[domain]]
  LIMIT $history
  RETURN collect({s: s, domain: domain, value: value, did: did, likeness: likeness}) AS met
}
CALL (u, i, met) {
  UNWIND met AS m
  WITH m, m.s AS s, i
  MATCH (s)-[a:{{knowledge}}]-(i)
  WITH m, type(a) AS type, startNode(a) = i AS out
  ORDER BY out DESC, type
  WITH m, collect({type: type, out: out})[0] AS fact
  RETURN 'fact' AS kind, m, fact.type AS first_type, fact.out AS first_out, null AS e, null AS second_type, null AS second_out,
         1 AS shared, 1 AS asked, m.likeness AS weight
UNION ALL
  UNWIND met AS m
  WITH m, m.s AS s, i
  MATCH (i)-[b:{{knowledge}}]-(e)
  WHERE e <> s AND e <> i AND (NOT e:{{items}} OR (true {{AND e.wanted}})) // what is known of items is everybody's
  MATCH (s)-[a:{{knowledge}}]-(e)
  WITH m, e, type(a) AS first_type, startNode(a) = s AS first_out, type(b) AS second_type, startNode(b) = i AS second_out
  ORDER BY first_type = second_type AND first_out = second_out DESC, second_out DESC, second_type, first_type
  WITH m, e, collect([first_type, first_out, second_type, second_out])[0] AS way
  RETURN 'shared' AS kind, m, way[0] AS first_type, way[1] AS first_out, e, way[2] AS second_type, way[3] AS second_out,
         1 AS shared, 1 AS asked, m.likeness / log10(10 + COUNT { (e)-[:{{all}}]-() }) AS weight
UNION ALL
  UNWIND met AS m
  WITH m, m.s AS s, i, u
  CALL (s, i, u) {
    MATCH (s)-[:{{interactions}}]-(o:{{user}})
    WHERE o <> u {{AND o.owned}}
    WITH DISTINCT o, i
    LIMIT $people
    RETURN count(o) AS asked, count(CASE WHEN EXISTS { (o)-[:{{interactions}}]-(i) } THEN 1 END) AS shared
  }
  WITH m, s, i, asked, shared
  WHERE shared > 0
  WITH m, asked, shared, CASE WHEN asked < $people THEN asked ELSE COUNT { (s)-[:{{interactions}}]-() } END AS who_met,
       COUNT { (i)-[:{{interactions}}]-() } AS who_chose
  WITH m, asked, shared, toFloat(shared) / asked * sqrt(toFloat(who_met) / who_chose) AS cosine
  RETURN 'people' AS kind, m, m.did AS first_type, null AS first_out, null AS e, m.did AS second_type, null AS second_out,
         shared, asked, m.likeness * CASE WHEN cosine < 1 THEN cosine ELSE 1.0 END AS weight
UNION ALL
  WITH u, i
  MATCH (u)-[:{{social}}]-(f:{{user}})-[:{{interactions}}]-(i)
  WHERE f <> u {{AND f.owned}}
  WITH DISTINCT f
  ORDER BY f.{{user_key}}
  WITH count(f) AS shared, collect(f)[0] AS e
  WHERE shared > 0
  RETURN 'friends' AS kind, null AS m, null AS first_type, null AS first_out, e, null AS second_type, null AS second_out,
         shared, shared AS asked, toFloat(shared) / (shared + 1) AS weight
}
WITH * WHERE weight > 0
ORDER BY weight DESC, m.domain, m.s[$keys[m.domain]]
WITH kind, e, collect({m: m, first_type: first_type, first_out: first_out, second_type: second_type, second_out: second_out,
                       shared: shared, asked: asked, weight: weight}) AS alike
UNWIND range(0, size(alike) - 1) AS place
WITH kind, e, alike[place] AS path, alike[place].weight / (place + 1) AS weight
WITH kind, e, path, weight, path.m AS m
RETURN kind, m.s[$keys[m.domain]] AS met_id, toString(coalesce(m.s[$titles[m.domain]], m.s[$keys[m.domain]])) AS met,
       m.did AS did, m.value AS value,
       path.first_type AS first_type, path.first_out AS first_out,
       head([l IN labels(e) WHERE $keys[l] IS NOT NULL | e[$keys[l]]]) AS via_id,
       toString(head([l IN labels(e) WHERE $keys[l] IS NOT NULL | coalesce(e[$titles[l]], e[$keys[l]])])) AS via,
       path.second_type AS second_type, path.second_out AS second_out, path.shared AS shared, path.asked AS asked, weight
ORDER BY weight DESC, kind, met_id, via_id
LIMIT $limit
