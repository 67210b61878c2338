// For groups of items, how many of each share a fact: one relationship type, one direction, one node at its end; of facts that
// enough of a group share. With how many of all the items have the fact.
// identifiers: item, item_key, knowledge
// params: $groups: list of lists of item ids, $least: integer, $labels: list of labels, $keys: map of label to property, $titles: map of label to property
// returns: group_number, name, out, label, id, title, number, total
// access: read
UNWIND range(0, size($groups) - 1) AS group_number
UNWIND $groups[group_number] AS item_id
MATCH (i:{{item}} {{{item_key}}: item_id})
MATCH (i)-[r:{{knowledge}}]-(e)
WITH e, type(r) AS name, startNode(r) = i AS out, group_number, count(DISTINCT i) AS number
WITH e, name, out, sum(number) AS total, collect({group_number: group_number, number: number}) AS groups
WITH e, name, out, total, [g IN groups WHERE g.number >= $least] AS groups, head([l IN $labels WHERE l IN labels(e)]) AS label
WHERE label IS NOT NULL
UNWIND groups AS g
RETURN g.group_number AS group_number, name, out, label, e[$keys[label]] AS id,
       toStringOrNull(coalesce(e[$titles[label]], e[$keys[label]])) AS title, g.number AS number, total
ORDER BY group_number, name, out, title
