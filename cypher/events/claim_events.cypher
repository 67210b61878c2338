// Keep the ids of events that the graph does not know yet, so that each is taken in once. Locks one node of all who take in events,
// and the schema's node where there is one, as who loads files does: no two write at a time, so none claims what another has. The first
// tells when events came last.
// identifiers:
// params: $ids: list of event ids, each once, $received_ns: integer
// returns: new, ours
// access: write
MERGE (lock:HoplineLock {name: 'events'})
SET lock.received_ns = $received_ns
WITH lock
OPTIONAL MATCH (schema:HoplineSchema {name: 'schema'})
SET schema.name = 'schema'
WITH lock
UNWIND range(0, size($ids) - 1) AS row
OPTIONAL MATCH (e:HoplineEvent {id: $ids[row]})
WITH collect(CASE WHEN e IS NULL THEN row END) AS new, count(CASE WHEN e.received_ns = $received_ns THEN 1 END) AS ours
FOREACH (row IN new | CREATE (:HoplineEvent {id: $ids[row], received_ns: $received_ns}))
RETURN new, ours
