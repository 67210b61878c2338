// How many nodes of a label have how many relationships of a type that come from another label.
// identifiers: label, type, other
// params:
// returns: degree, nodes
// access: read
MATCH (n:{{label}})
WITH COUNT { (n)<-[:{{type}}]-(:{{other}}) } AS degree
RETURN degree, count(*) AS nodes
ORDER BY degree
