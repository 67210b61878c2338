// Some items of a label as a release has them, each taken by chance: their neighbours, and how strong each is.
// identifiers: label, key, property, type
// params: $share: float
// returns: id, neighbours
// access: read
MATCH (n:{{label}})
WHERE n.{{property}} IS NOT NULL AND rand() < $share
RETURN n.{{key}} AS id, [(n)-[s:{{type}}]->(m) | [m.{{key}}, s.weight]] AS neighbours
