// The neighbours of a batch of items as relationships of one release's type, in place of those that they had; ends that are not there
// are left out. Keys are sent and looked up once each; a row names an item and its neighbours by their places in that list.
// identifiers: label, key, type
// params: $ids: list of lists of ids that may be meant, $sources: places, $neighbours: list of lists of places, $weights: list of lists of floats
// returns: written
// access: write
UNWIND range(0, size($ids) - 1) AS place
OPTIONAL MATCH (n:{{label}}) WHERE n.{{key}} IN $ids[place]
WITH place, head(collect(n)) AS n ORDER BY place
WITH collect([n]) AS ends // in a list each, as one that is not there must keep its place
UNWIND range(0, size($sources) - 1) AS row
WITH ends, row, ends[$sources[row]][0] AS i
WHERE i IS NOT NULL
CALL (i) {
  MATCH (i)-[old:{{type}}]->()
  DELETE old
}
UNWIND range(0, size($neighbours[row]) - 1) AS place
WITH i, ends[$neighbours[row][place]][0] AS j, $weights[row][place] AS weight
WHERE j IS NOT NULL
CREATE (i)-[:{{type}} {weight: weight}]->(j)
RETURN count(*) AS written
