// Whose those of some keys are that nodes of a label have, by the property that names it. Locks what who takes in events locks, so
// that nobody makes another of them meanwhile.
// identifiers: label, key, tenant
// params: $ids: list of keys
// returns: known, owners
// access: write
MERGE (lock:HoplineLock {name: 'events'})
SET lock.name = 'events'
WITH lock
UNWIND $ids AS id
MATCH (n:{{label}} {{{key}}: id})
RETURN collect(id) AS known, collect([n.{{tenant}}]) AS owners
