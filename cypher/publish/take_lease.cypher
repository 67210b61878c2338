// Take the right to do some work, as to publish, if nobody has it, it has run out, or it is that of a holder who is known to have died.
// params: $work: text, $holder: text, $over: the holder known to have died or empty, $lease_s: integer, $properties: map
// returns: taken, holder, pid, process_started, machine, host, since, left_s
// access: write
MERGE (l:HoplineLease {name: $work})
SET l.name = l.name // takes the lock: what is read next cannot change before this commits
WITH l, coalesce(l.holder IN [$holder, $over] OR l.until < datetime.realtime(), true) AS is_free
FOREACH (one IN CASE WHEN is_free THEN [l] ELSE [] END |
  SET one += $properties
  SET one.holder = $holder, one.since = datetime.realtime(), one.until = datetime.realtime() + duration({seconds: $lease_s})
)
RETURN is_free AS taken, l.holder AS holder, l.pid AS pid, l.process_started AS process_started, l.machine AS machine,
       l.host AS host, toString(l.since) AS since, duration.inSeconds(datetime.realtime(), l.until).seconds AS left_s
