// The nearest items of a user by one release's index, seen or not: what a publish checks against exact search.
// identifiers: user, user_key, item_key, vector
// params: $user_ids: list of ids that may be meant, $index: index name, $k: integer, $candidates: integer, $zero: float
// returns: id
// access: read
MATCH (u:{{user}}) WHERE u.{{user_key}} IN $user_ids
CALL db.index.vector.queryNodes($index, $candidates, [x IN u.{{vector}} | x - $zero]) YIELD node, score
WITH node, score ORDER BY score DESC LIMIT $k // before any key is read
RETURN node.{{item_key}} AS id
