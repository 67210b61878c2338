// What items say of those who met them, as vectors of one release; of items that it has none of, nothing.
// identifiers: item, item_key, met
// terms: wanted
// params: $items: list of lists of ids that may be meant, the likeliest first
// returns: ids, vectors
// access: read
UNWIND $items AS item_ids
CALL (item_ids) {
  MATCH (i:{{item}}) WHERE i.{{item_key}} IN item_ids {{AND i.wanted}}
  RETURN i ORDER BY i.{{item_key}} = item_ids[0] DESC LIMIT 1
}
RETURN collect(i.{{item_key}}) AS ids, [v IN collect([i.{{met}}]) WHERE v[0] IS NOT NULL | v[0]] AS vectors
