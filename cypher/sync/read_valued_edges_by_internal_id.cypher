// Those of the given relationships that have a type, as columns of internal ids and two properties, NaN where missing.
// identifiers: type, value, time
// params: $page: map with edges, a list of internal ids
// returns: edges, sources, targets, values, times
// access: read
CYPHER 5
MATCH (s)-[r:{{type}}]->(t)
WHERE id(r) IN $page.edges
RETURN collect(id(r)) AS edges, collect(id(s)) AS sources, collect(id(t)) AS targets,
       collect(coalesce(r.{{value}}, 0.0 / 0.0)) AS values, collect(coalesce(r.{{time}}, 0.0 / 0.0)) AS times
