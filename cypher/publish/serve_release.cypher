// Declare a release complete that passed its checks, and make it the active one, in one transaction; not one that was taken away.
// params: $version: integer, $search_widths: list of integers, $deep_search_widths: list of integers, $people_search_width: integer or null, $people_deep_search_width: integer or null, $canary: JSON
// returns: version
// access: write
MATCH (r:HoplineRelease {version: $version})
SET r.version = r.version // takes the lock: what is read next cannot change before this commits
WITH r
WHERE r.retired IS NULL
MERGE (p:HoplineActive {name: 'active'})
SET p.name = p.name // likewise
WITH r, p
SET r.before = CASE p.version WHEN r.version THEN r.before ELSE p.version END // twice is the same as once
SET r.ready = true, r.canary = $canary
SET r.search_widths = $search_widths, r.deep_search_widths = $deep_search_widths
SET r.people_search_width = $people_search_width, r.people_deep_search_width = $people_deep_search_width
SET p.version = r.version, p.moved_at = datetime(), p.turn = coalesce(p.turn, 0) + 1
RETURN r.version AS version
