// The record of a release that is being written over the vectors of another, which is no more from here on. The active release
// is not given up, nor the one that rolling back leads to, nor those of the experiment that runs.
// params: $version: integer, $properties: map, $over: version of the release to give up
// returns: version
// access: write
MATCH (old:HoplineRelease {version: $over})
SET old.version = old.version // takes the lock: what is read next cannot change before this commits
WITH old
MATCH (p:HoplineActive {name: 'active'})
SET p.name = p.name // likewise
WITH old, p
MATCH (active:HoplineRelease {version: p.version})
OPTIONAL MATCH (running:HoplineExperiment {name: p.experiment})
WITH old, active, running
WHERE old.ready AND active <> old AND coalesce(active.before <> old.version, true)
  AND NOT old.version IN coalesce(running.releases, [])
OPTIONAL MATCH (old)-[:FITTED|SUMMED]->(part)
WITH DISTINCT old, collect(part) AS parts
FOREACH (part IN parts | DETACH DELETE part)
DETACH DELETE old
CREATE (r:HoplineRelease {version: $version, ready: false, created_at: datetime()})
SET r += $properties
RETURN r.version AS version
