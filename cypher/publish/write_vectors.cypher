// Write one release's vectors to a batch of nodes; a missing node is not counted. A key may be text or a whole number.
// identifiers: label, key, norm_property
// params: $ids: list of lists of ids that may be meant, $property: property name, $vectors: list of vectors, $norms: list of floats or nulls
// returns: written
// access: write
UNWIND range(0, size($ids) - 1) AS row
MATCH (n:{{label}}) WHERE n.{{key}} IN $ids[row]
CALL db.create.setNodeVectorProperty(n, $property, $vectors[row])
SET n.{{norm_property}} = $norms[row]
RETURN count(*) AS written
