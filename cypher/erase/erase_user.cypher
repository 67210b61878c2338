// Take a user out of the graph, with all that leads to and from them and the vectors of every release. Locks the node of whoever
// takes in events: none of theirs is half written.
// identifiers: user, user_key
// params: $user_ids: list of ids that may be meant, the likeliest first
// returns: user_id, properties, relationships
// access: write
MERGE (lock:HoplineLock {name: 'events'})
SET lock.name = 'events'
WITH lock
MATCH (u:{{user}})
WHERE u.{{user_key}} IN $user_ids
WITH u ORDER BY u.{{user_key}} = $user_ids[0] DESC LIMIT 1
WITH u, u.{{user_key}} AS user_id, keys(u) AS properties, COLLECT {
  MATCH (u)-[r]-()
  WITH type(r) AS type, count(DISTINCT r) AS number
  RETURN [type, number]
} AS relationships
DETACH DELETE u
RETURN user_id, properties, relationships
