// The items with the most interactions and, as internal ids, the users who met each.
// identifiers: item, item_key, title, user, interactions
// params: $limit: integer
// returns: id, title, number, users
// access: read
CYPHER 5
MATCH (i:{{item}})
WHERE i.{{item_key}} IS NOT NULL
WITH i, COUNT { (i)-[:{{interactions}}]-(:{{user}}) } AS number
WHERE number > 0
WITH i, number
ORDER BY number DESC, i.{{item_key}}
LIMIT $limit
RETURN i.{{item_key}} AS id, coalesce(toStringOrNull(i.{{title}}), '') AS title, number,
       COLLECT { MATCH (i)-[:{{interactions}}]-(u:{{user}}) RETURN DISTINCT id(u) } AS users
ORDER BY number DESC, id
