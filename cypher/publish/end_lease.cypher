// Give the right to do some work back; that of another holder stays.
// params: $work: text, $holder: text
// returns: nothing
// access: write
MATCH (l:HoplineLease {name: $work, holder: $holder})
REMOVE l.holder, l.until
