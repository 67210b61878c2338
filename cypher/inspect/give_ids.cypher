// Give each node of a label an id: shown to people whose nodes nothing tells apart, never run.
// identifiers: label
// params:
// returns: nothing
// access: write
MATCH (n:{{label}}) SET n.id = randomUUID()
