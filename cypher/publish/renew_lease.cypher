// Hold the right to do some work for longer.
// params: $work: text, $holder: text, $lease_s: integer
// returns: holder
// access: write
MATCH (l:HoplineLease {name: $work, holder: $holder})
SET l.until = datetime.realtime() + duration({seconds: $lease_s})
RETURN l.holder AS holder
