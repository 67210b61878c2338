// Make one release the active one. The pointer is one property, so that no reader finds it on its way from one to the other.
// params: $version: integer
// returns: version
// access: write
MATCH (r:HoplineRelease {version: $version})
SET r.version = r.version // takes the lock: what is read next cannot change before this commits
WITH r
WHERE r.ready
MERGE (p:HoplineActive {name: 'active'})
SET p.name = p.name // likewise
WITH r, p
SET r.before = CASE p.version WHEN r.version THEN r.before ELSE p.version END // twice is the same as once
SET p.version = r.version, p.moved_at = datetime(), p.turn = coalesce(p.turn, 0) + 1
RETURN r.version AS version
