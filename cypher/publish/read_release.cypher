// Whether a release, if it is there, can be asked, and whether it is being taken away.
// params: $version: integer
// returns: ready, retired
// access: read
MATCH (r:HoplineRelease {version: $version})
RETURN r.ready AS ready, r.retired IS NOT NULL AS retired
