// What was made, deleted or changed after a transaction, from the embedded server's log: ids as bytes of int64, `gap` if unknown.
// params: $transaction: integer, $checksum: integer, $limit: integer
// returns: store, transaction, checksum, gap, nodes, relationships, deleted
// access: read
CYPHER 5
CALL hopline.changes($transaction, $checksum, $limit)
YIELD store, transaction, checksum, gap, nodes, relationships, deleted
RETURN store, transaction, checksum, gap, nodes, relationships, deleted
