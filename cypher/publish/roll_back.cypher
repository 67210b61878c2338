// Make a release the active one again in the place of another, if that is still active; what was before it stays what it was.
// params: $version: integer, $active: integer
// returns: version
// access: write
MATCH (r:HoplineRelease {version: $version})
SET r.version = r.version // takes the lock: what is read next cannot change before this commits
WITH r
WHERE r.ready
MATCH (p:HoplineActive {name: 'active'})
SET p.name = p.name // likewise
WITH r, p
WHERE p.version IN [$active, r.version] // twice is the same as once
SET p.version = r.version, p.moved_at = datetime(), p.turn = coalesce(p.turn, 0) + 1
RETURN r.version AS version
