// The version of the release that serves; no row where nothing was published.
// params:
// returns: version
// access: read
MATCH (p:HoplineActive {name: 'active'})
RETURN p.version AS version
