// The items with the most interactions that a release has vectors of, as columns.
// identifiers: item, item_key, title, user, interactions, vector
// params: $limit: integer
// returns: ids, titles, numbers, vectors
// access: read
MATCH (i:{{item}})
WHERE i.{{vector}} IS NOT NULL AND i.{{item_key}} IS NOT NULL
WITH i, COUNT { (i)-[:{{interactions}}]-(:{{user}}) } AS number
ORDER BY number DESC, i.{{item_key}}
LIMIT $limit
RETURN collect(i.{{item_key}}) AS ids, collect(coalesce(toStringOrNull(i.{{title}}), '')) AS titles, collect(number) AS numbers,
       collect(i.{{vector}}) AS vectors
