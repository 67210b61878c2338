// A release that passed its check; not one that another publish took away meanwhile.
// params: $version: integer, $search_widths: list of integers
// returns: version
// access: write
MATCH (r:HoplineRelease {version: $version})
SET r.version = r.version // takes the lock: what is read next cannot change before this commits
WITH r
WHERE r.retired IS NULL
SET r.ready = true, r.search_widths = $search_widths
RETURN r.version AS version
