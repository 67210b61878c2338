// For groups of items, how many of each share a value of a property; of values that enough of a group share. With how many of
// all the items have the value. A list is one value an element.
// identifiers: item, item_key
// params: $groups: list of lists of item ids, $least: integer, $properties: list of property names
// returns: group_number, name, value, number, total
// access: read
UNWIND range(0, size($groups) - 1) AS group_number
UNWIND $groups[group_number] AS item_id
MATCH (i:{{item}} {{{item_key}}: item_id})
UNWIND $properties AS name
UNWIND CASE WHEN i[name] IS NULL THEN [] WHEN i[name] IS :: LIST<ANY> THEN i[name] ELSE [i[name]] END AS value
WITH name, toStringOrNull(value) AS value, group_number, count(DISTINCT i) AS number
WITH name, value, sum(number) AS total, collect({group_number: group_number, number: number}) AS groups
UNWIND [g IN groups WHERE g.number >= $least] AS g
RETURN g.group_number AS group_number, name, value, g.number AS number, total
ORDER BY group_number, name, value
