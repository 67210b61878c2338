// The best paths between two nodes: the shorter first, of the same length those through nodes that fewer relationships meet,
// as they tell more. No path visits a node twice. The shortest
// thousand are weighed; how many, and the bounds of a pattern, must be literals, hence a branch a reach.
// identifiers: source, source_key, target, target_key, types, all
// params: $source_id: any, $target_id: any, $length: integer, $k: integer, $labels: list of labels, $keys: map of label to property, $hidden: prefix of properties to leave out
// returns: length, weight, nodes, relationships
// access: read
MATCH (a:{{source}} {{{source_key}}: $source_id})
WITH a LIMIT 1
MATCH (b:{{target}} {{{target_key}}: $target_id})
WITH a, b LIMIT 1
CALL (a, b) {
  UNWIND CASE WHEN $length <= 2 THEN [2] ELSE [] END AS reach
  MATCH p = SHORTEST 1000 (a)-[:{{types}}]-{1,2}(b)
  RETURN p
UNION ALL
  UNWIND CASE WHEN 2 < $length <= 4 THEN [4] ELSE [] END AS reach
  MATCH p = SHORTEST 1000 (a)-[:{{types}}]-{1,4}(b)
  RETURN p
UNION ALL
  UNWIND CASE WHEN 4 < $length THEN [6] ELSE [] END AS reach
  MATCH p = SHORTEST 1000 (a)-[:{{types}}]-{1,6}(b)
  RETURN p
}
WITH p, nodes(p) AS along
WHERE length(p) <= $length
  AND all(n IN along WHERE any(l IN labels(n) WHERE l IN $labels) AND single(m IN along WHERE m = n))
WITH p, along,
     round(reduce(weight = 1.0, n IN along[1..-1] | weight / log10(10 + COUNT { (n)-[:{{all}}]-() })), 9) AS weight
ORDER BY length(p), weight DESC, [n IN along | head([l IN $labels WHERE l IN labels(n) | toStringOrNull(n[$keys[l]])])],
         [r IN relationships(p) | type(r)], [r IN relationships(p) | elementId(r)]
LIMIT $k
RETURN length(p) AS length, weight,
       [n IN along | {element: elementId(n), labels: labels(n),
                      properties: [k IN keys(n) WHERE NOT k STARTS WITH $hidden | [k, n[k]]]}] AS nodes,
       [r IN relationships(p) | {element: elementId(r), source: elementId(startNode(r)), type: type(r),
                                 target: elementId(endNode(r)), properties: [k IN keys(r) | [k, r[k]]]}] AS relationships
ORDER BY length, weight DESC, [n IN along | head([l IN $labels WHERE l IN labels(n) | toStringOrNull(n[$keys[l]])])],
         [r IN relationships(p) | type(r)], [r IN relationships(p) | elementId(r)]
