// The ids of the items of a domain that most users chose, the most chosen first.
// identifiers: item, item_key, liked
// params: $limit: integer
// returns: ids
// access: read
MATCH (i:{{item}})
WITH i, COUNT { (i)-[:{{liked}}]-() } AS number
WHERE number > 0
WITH i.{{item_key}} AS id, number ORDER BY number DESC, id LIMIT $limit
RETURN collect(id) AS ids
