// The number of the next release: above those that are there, and never one that was taken before, whatever became of it.
// params: $known: integer
// returns: version
// access: write
MATCH (l:HoplineLease {name: 'publish'})
SET l.name = l.name // takes the lock: what is read next cannot change before this commits
WITH l, coalesce(l.last_version, 0) AS last
SET l.last_version = CASE WHEN last > $known THEN last ELSE $known END + 1
RETURN l.last_version AS version
