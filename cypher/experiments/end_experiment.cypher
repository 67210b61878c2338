// End an experiment, if it still runs: from here on all users are answered by the active release, which may be the winner's.
// params: $name: text, $winner: name of a variant or null, $version: that of its release, or null
// returns: name
// access: write
OPTIONAL MATCH (r:HoplineRelease {version: $version})
FOREACH (one IN CASE WHEN r IS NULL THEN [] ELSE [r] END | SET one.version = one.version) // takes the lock: what is read next cannot change before this commits
WITH r
WHERE $version IS NULL OR r.ready
MATCH (p:HoplineActive {name: 'active'})
SET p.name = p.name // likewise
WITH r, p
MATCH (e:HoplineExperiment {name: $name})
WITH r, p, e, coalesce(p.experiment = e.name, false) AS is_running
WHERE is_running OR coalesce(e.winner, '') = coalesce($winner, '') // twice is the same as once
FOREACH (_ IN CASE WHEN is_running THEN [1] ELSE [] END |
  SET e.ended_at = datetime(), e.winner = $winner
  SET p.experiment = null, p.turn = coalesce(p.turn, 0) + 1
)
FOREACH (winner IN CASE WHEN is_running AND r IS NOT NULL THEN [r] ELSE [] END |
  SET winner.before = CASE p.version WHEN winner.version THEN winner.before ELSE p.version END
  SET p.version = winner.version, p.moved_at = datetime()
)
RETURN e.name AS name
