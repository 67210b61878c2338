// All releases, the newest first.
// params:
// returns: properties, created_at, active
// access: read
MATCH (r:HoplineRelease)
RETURN properties(r) AS properties, toString(r.created_at) AS created_at,
       EXISTS { (:HoplineActive)-[:ACTIVE]->(r) } AS active
ORDER BY r.version DESC
