// Make one release the active one: the pointer moves in one transaction.
// params: $version: integer
// returns: version
// access: write
MATCH (r:HoplineRelease {version: $version})
SET r.version = r.version // takes the lock: what is read next cannot change before this commits
WITH r
WHERE r.ready
MERGE (p:HoplineActive {name: 'active'})
SET p.moved_at = datetime()
WITH p, r
OPTIONAL MATCH (p)-[old:ACTIVE]->()
DELETE old
WITH DISTINCT p, r
CREATE (p)-[:ACTIVE]->(r)
RETURN r.version AS version
