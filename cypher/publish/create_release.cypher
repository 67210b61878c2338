// The record of a release that is being written; its version is unique.
// params: $version: integer, $properties: map
// returns: version
// access: write
CREATE (r:HoplineRelease {version: $version, ready: false, created_at: datetime()})
SET r += $properties
RETURN r.version AS version
