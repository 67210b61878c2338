// Hold the right to publish for longer.
// params: $holder: text, $lease_s: integer
// returns: holder
// access: write
MATCH (l:HoplineLease {name: 'publish', holder: $holder})
SET l.until = datetime.realtime() + duration({seconds: $lease_s})
RETURN l.holder AS holder
