// How often what serves has changed: which release is active, or which experiment runs; no row where nothing was published.
// params:
// returns: turn
// access: read
MATCH (p:HoplineActive {name: 'active'})
RETURN p.turn AS turn
