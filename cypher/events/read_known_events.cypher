// The ids of events that the graph knows, but for those that this attempt gave it. Locks what who takes in events locks, and the
// schema's node where there is one, as who loads files does, so that nobody makes nodes between this and what is written by it.
// identifiers:
// params: $ids: list of event ids, $received_ns: integer
// returns: known
// access: write
MERGE (lock:HoplineLock {name: 'events'})
SET lock.name = 'events'
WITH lock
OPTIONAL MATCH (schema:HoplineSchema {name: 'schema'})
SET schema.name = 'schema'
WITH lock
UNWIND $ids AS id
MATCH (e:HoplineEvent {id: id})
WHERE e.received_ns <> $received_ns
RETURN collect(id) AS known
