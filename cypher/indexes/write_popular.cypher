// Give a release other popular items, by domain.
// params: $version: integer, $popular: JSON
// returns: version
// access: write
MATCH (r:HoplineRelease {version: $version})
SET r.popular = $popular, r.popular_at = datetime()
RETURN r.version AS version
