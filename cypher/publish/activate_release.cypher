// Make one release the active one: the pointer moves in one transaction.
// params: $version: integer
// returns: version
// access: write
MATCH (r:HoplineRelease {version: $version, ready: true})
MERGE (p:HoplineActive {name: 'active'})
WITH p, r
OPTIONAL MATCH (p)-[old:ACTIVE]->()
DELETE old
WITH DISTINCT p, r
CREATE (p)-[:ACTIVE]->(r)
RETURN r.version AS version
