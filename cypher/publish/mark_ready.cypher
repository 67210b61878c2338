// A release that passed its check; not one that another publish took away meanwhile.
// params: $version: integer, $search_widths: list of integers, $people_search_width: integer or null
// returns: version
// access: write
MATCH (r:HoplineRelease {version: $version})
SET r.version = r.version // takes the lock: what is read next cannot change before this commits
WITH r
WHERE r.retired IS NULL
SET r.ready = true, r.search_widths = $search_widths, r.people_search_width = $people_search_width
RETURN r.version AS version
