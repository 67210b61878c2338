// Make interactions of a longer path, such as customer, order, product: shown to people whose graph has no others, never run.
// identifiers: user, first, between, second, item
// params:
// returns: nothing
// access: write
MATCH (u:{{user}})-[:{{first}}]->(:{{between}})-[:{{second}}]->(i:{{item}}) MERGE (u)-[:CHOSE]->(i)
