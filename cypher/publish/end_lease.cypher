// Give the right to publish back; that of another holder stays.
// params: $holder: text
// returns: nothing
// access: write
MATCH (l:HoplineLease {name: 'publish', holder: $holder})
REMOVE l.holder, l.until
