// Of some nodes of a label, whichever the server finds first: how many say whose they are, and how many say it as no text.
// identifiers: label, tenant
// params: $limit: integer
// returns: looked_at, owned, unusable
// access: read
MATCH (n:{{label}})
WITH n.{{tenant}} AS owner LIMIT $limit
RETURN count(*) AS looked_at, count(CASE WHEN owner IS :: STRING NOT NULL THEN 1 END) AS owned,
       count(CASE WHEN owner IS NOT NULL AND NOT owner IS :: STRING NOT NULL THEN 1 END) AS unusable
