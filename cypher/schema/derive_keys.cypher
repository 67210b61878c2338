// Join the properties that are a label's key together to one text, for nodes that lack it. A backslash stands before each of the
// separators and backslashes that the values hold, so that no two keys give one text.
// identifiers: label, key
// params: $properties: list of property names, $limit: integer
// returns: derived
// access: write
MATCH (n:{{label}})
WHERE n.{{key}} IS NULL AND all(p IN $properties WHERE n[p] IS NOT NULL)
WITH n LIMIT $limit
WITH n, [p IN $properties | replace(replace(toString(n[p]), '\\', '\\\\'), '|', '\\|')] AS parts
SET n.{{key}} = reduce(joined = head(parts), part IN tail(parts) | joined + '|' + part)
RETURN count(n) AS derived
