// Relationships of one type that leave the given nodes, as columns of internal ids and two properties, NaN where missing:
// collect() leaves nulls out. Names written into the text are read faster than r[$name].
// identifiers: source, type, target, value, time
// params: $page: map with sources, a list of internal ids
// returns: edges, sources, targets, values, times
// access: read
CYPHER 5
UNWIND $page.sources AS source
MATCH (s:{{source}}) WHERE id(s) = source
MATCH (s)-[r:{{type}}]->(t:{{target}})
RETURN collect(id(r)) AS edges, collect(source) AS sources, collect(id(t)) AS targets,
       collect(coalesce(r.{{value}}, 0.0 / 0.0)) AS values, collect(coalesce(r.{{time}}, 0.0 / 0.0)) AS times
