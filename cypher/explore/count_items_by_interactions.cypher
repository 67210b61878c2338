// How many items have how many interactions with users.
// identifiers: item, user, interactions
// params:
// returns: degree, nodes
// access: read
MATCH (i:{{item}})
WITH COUNT { (i)-[:{{interactions}}]-(:{{user}}) } AS degree
RETURN degree, count(*) AS nodes
ORDER BY degree
