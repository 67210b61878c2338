// What is around a node, up to three hops away. A hop follows at most so many relationships of each group of types from a
// node, and so many in all, so that a hub does not drag everything in; they come by type, direction, and the key at their end.
// identifiers: label, key, types
// params: $id: any, $depth: integer, $groups: list of lists of types, $limit: integer, $most: integer, $labels: list of labels, $keys: map of label to property, $hidden: prefix of properties to leave out
// returns: centre, nodes, relationships, degree
// access: read
MATCH (c:{{label}} {{{key}}: $id})
WITH c LIMIT 1
CALL (c) {
  UNWIND $groups AS group
  CALL (c, group) {
    MATCH (c)-[r:{{types}}]-(m)
    WHERE type(r) IN group AND any(l IN labels(m) WHERE l IN $labels)
    RETURN r
    ORDER BY type(r), startNode(r) = c DESC, head([l IN $labels WHERE l IN labels(m) | m[$keys[l]]]), elementId(r)
    LIMIT $limit
  }
  WITH DISTINCT r LIMIT $most
  RETURN collect(r) AS first
}
CALL (c, first) {
  UNWIND CASE WHEN $depth > 1 THEN first ELSE [] END AS before
  UNWIND [startNode(before), endNode(before)] AS n
  WITH DISTINCT n
  WHERE n <> c
  UNWIND $groups AS group
  CALL (n, group) {
    MATCH (n)-[r:{{types}}]-(m)
    WHERE type(r) IN group AND any(l IN labels(m) WHERE l IN $labels)
    RETURN r
    ORDER BY type(r), startNode(r) = n DESC, head([l IN $labels WHERE l IN labels(m) | m[$keys[l]]]), elementId(r)
    LIMIT $limit
  }
  WITH DISTINCT r LIMIT $most
  RETURN collect(r) AS second
}
CALL (c, first, second) {
  UNWIND CASE WHEN $depth > 2 THEN second ELSE [] END AS before
  UNWIND [startNode(before), endNode(before)] AS n
  WITH DISTINCT n
  WHERE n <> c AND NOT any(r IN first WHERE startNode(r) = n OR endNode(r) = n)
  UNWIND $groups AS group
  CALL (n, group) {
    MATCH (n)-[r:{{types}}]-(m)
    WHERE type(r) IN group AND any(l IN labels(m) WHERE l IN $labels)
    RETURN r
    ORDER BY type(r), startNode(r) = n DESC, head([l IN $labels WHERE l IN labels(m) | m[$keys[l]]]), elementId(r)
    LIMIT $limit
  }
  WITH DISTINCT r LIMIT $most
  RETURN collect(r) AS third
}
CALL (first, second, third) {
  UNWIND [first, second, third] AS hop
  UNWIND hop AS r
  WITH DISTINCT r LIMIT $most
  RETURN collect(r) AS found
}
RETURN elementId(c) AS centre, COLLECT {
         UNWIND [c] + [r IN found | startNode(r)] + [r IN found | endNode(r)] AS n
         WITH DISTINCT n
         RETURN {element: elementId(n), labels: labels(n), properties: [k IN keys(n) WHERE NOT k STARTS WITH $hidden | [k, n[k]]]}
       } AS nodes,
       [r IN found | {element: elementId(r), source: elementId(startNode(r)), type: type(r), target: elementId(endNode(r)),
                      properties: [k IN keys(r) | [k, r[k]]]}] AS relationships,
       COUNT { (c)-[:{{types}}]-() } AS degree
