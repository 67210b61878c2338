// Write vectors of small whole numbers, and what is beside them, to a batch of nodes; a missing node is not counted. A key may be
// text or a whole number. Neo4j keeps numbers from 0 to 255 in a byte each, those to 15 in half of one.
// identifiers: label, key
// params: $ids: list of lists of ids that may be meant, $property: property name, $vectors: list of lists of integers, $names: list of property names, $columns: a list of values a name
// returns: written
// access: write
UNWIND range(0, size($ids) - 1) AS row
MATCH (n:{{label}}) WHERE n.{{key}} IN $ids[row]
SET n[$property] = $vectors[row]
FOREACH (place IN range(0, size($names) - 1) | SET n[$names[place]] = $columns[place][row])
RETURN count(*) AS written
