// Write what is kept beside vectors to a batch of nodes, and leave the vectors as they are; a missing node is not counted. A key may
// be text or a whole number.
// identifiers: label, key
// params: $ids: list of lists of ids that may be meant, $names: list of property names, $columns: a list of values a name
// returns: written
// access: write
UNWIND range(0, size($ids) - 1) AS row
MATCH (n:{{label}}) WHERE n.{{key}} IN $ids[row]
FOREACH (place IN range(0, size($names) - 1) | SET n[$names[place]] = $columns[place][row])
RETURN count(*) AS written
