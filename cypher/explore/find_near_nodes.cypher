// Nodes of a label whose key or title holds a text, the shortest first, among the first ones that the server comes upon.
// identifiers: label, key, title
// params: $text: string, $scanned: integer, $limit: integer
// returns: id, title
// access: read
MATCH (n:{{label}})
WITH n LIMIT $scanned
WITH n.{{key}} AS id, toStringOrNull(n.{{title}}) AS title
WHERE toLower(toStringOrNull(id)) CONTAINS toLower($text) OR toLower(title) CONTAINS toLower($text)
RETURN id, title
ORDER BY size(coalesce(title, toString(id))), title, id
LIMIT $limit
