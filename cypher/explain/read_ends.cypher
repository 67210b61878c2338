// The ids of a user and of an item as they are stored; null where there is no such one.
// identifiers: user, user_key, item, item_key
// terms: wanted, owned
// params: $user_ids: list of ids that may be meant, the likeliest first, $item_ids: the same
// returns: user_id, item_id
// access: read
RETURN head(COLLECT { UNWIND $user_ids AS one MATCH (u:{{user}} {{{user_key}}: one}) {{WHERE u.owned}} RETURN u.{{user_key}} }) AS user_id,
       head(COLLECT { UNWIND $item_ids AS one MATCH (i:{{item}} {{{item_key}}: one}) {{WHERE i.wanted}} RETURN i.{{item_key}} }) AS item_id
