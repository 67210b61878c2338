// A release that passed its check.
// params: $version: integer
// returns: version
// access: write
MATCH (r:HoplineRelease {version: $version})
SET r.ready = true
RETURN r.version AS version
