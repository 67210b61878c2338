// Begin an experiment between releases, if none runs: from here on each user is answered by the release of their variant.
// params: $name: text, $versions: list of integers, each once, $properties: map
// returns: name
// access: write
MATCH (r:HoplineRelease)
WHERE r.version IN $versions
WITH r ORDER BY r.version
SET r.version = r.version // takes the locks: what is read next cannot change before this commits
WITH collect(r) AS releases
WHERE size(releases) = size($versions) AND all(r IN releases WHERE r.ready)
MATCH (p:HoplineActive {name: 'active'})
SET p.name = p.name // likewise
WITH p
OPTIONAL MATCH (same:HoplineExperiment {name: $name})
WITH p, coalesce(p.experiment = $name AND same.salt = $properties.salt, false) AS is_there // twice is the same as once
WHERE is_there OR (p.experiment IS NULL AND NOT EXISTS { (:HoplineExperiment {name: $name}) })
FOREACH (_ IN CASE WHEN is_there THEN [] ELSE [1] END |
  CREATE (e:HoplineExperiment {name: $name, started_at: datetime()})
  SET e += $properties
  SET p.experiment = $name, p.turn = coalesce(p.turn, 0) + 1
)
RETURN p.experiment AS name
