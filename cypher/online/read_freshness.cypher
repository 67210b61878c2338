// When events came last, and what the last round of learning from events measured.
// params:
// returns: event_ns, round
// access: read
OPTIONAL MATCH (l:HoplineLock {name: 'events'})
OPTIONAL MATCH (o:HoplineOnline {name: 'online'})
RETURN l.received_ns AS event_ns, properties(o) AS round
