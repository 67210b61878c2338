// The last work on indexes, and who holds the right to change releases.
// params:
// returns: job, lease, left_s
// access: read
OPTIONAL MATCH (j:HoplineIndexJob {name: 'index'})
OPTIONAL MATCH (l:HoplineLease {name: 'publish'})
RETURN properties(j) AS job, properties(l) AS lease, duration.inSeconds(datetime.realtime(), l.until).seconds AS left_s
