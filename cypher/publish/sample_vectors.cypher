// Some nodes of a label as a release has them, each taken by chance: their vectors and what is beside them.
// identifiers: label, key, property
// params: $share: float, $properties: list of property names
// returns: id, vector, beside
// access: read
MATCH (n:{{label}})
WHERE n.{{property}} IS NOT NULL AND rand() < $share
RETURN n.{{key}} AS id, n.{{property}} AS vector, [name IN $properties | n[name]] AS beside
