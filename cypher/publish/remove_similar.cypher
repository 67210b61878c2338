// Take a batch of one release's relationships between items away.
// identifiers: type
// params: $limit: integer
// returns: removed
// access: write
MATCH ()-[s:{{type}}]->()
WITH s LIMIT $limit
DELETE s
RETURN count(*) AS removed
