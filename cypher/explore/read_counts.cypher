// How many nodes each label has, and how many relationships of each type leave or reach each label: the count store, no scan.
// params:
// returns: nodes, relationships
// access: read
CALL db.stats.retrieve('GRAPH COUNTS') YIELD data
RETURN data.nodes AS nodes, data.relationships AS relationships
