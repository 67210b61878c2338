// Wait until every index is online.
// params: $timeout_s: integer
// returns: nothing
// access: read
CALL db.awaitIndexes($timeout_s)
