// Forget a batch of the ids of events that were taken in before a moment: sent again, such an event counts as a new one.
// params: $before_ns: integer, $limit: integer
// returns: forgotten
// access: write
MATCH (e:HoplineEvent)
WHERE e.received_ns < $before_ns
WITH e LIMIT $limit
DELETE e
RETURN count(*) AS forgotten
