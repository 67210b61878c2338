// The node that whoever takes in events locks, there before any of them does, so that who loads files finds it to wait for.
// params:
// returns: nothing
// access: write
MERGE (:HoplineLock {name: 'events'})
