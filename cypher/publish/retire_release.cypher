// Take a release out of reach before it is taken away: it can no longer become ready or active. The active one stays, and the one
// that rolling back leads to unless it is asked for, and those of the experiment that runs.
// params: $version: integer, $even_previous: boolean
// returns: slot, columns
// access: write
MATCH (r:HoplineRelease {version: $version})
SET r.version = r.version // takes the lock: what is read next cannot change before this commits
WITH r
OPTIONAL MATCH (p:HoplineActive {name: 'active'})
FOREACH (one IN CASE WHEN p IS NULL THEN [] ELSE [p] END | SET one.name = one.name) // likewise
WITH r, p
OPTIONAL MATCH (active:HoplineRelease {version: p.version})
OPTIONAL MATCH (running:HoplineExperiment {name: p.experiment})
WITH r, active, running
WHERE (active IS NULL OR (active <> r AND ($even_previous OR coalesce(active.before <> r.version, true))))
  AND NOT r.version IN coalesce(running.releases, [])
SET r.ready = false, r.retired = true
RETURN coalesce(r.slot, r.version) AS slot, coalesce(r.columns, '[]') AS columns
