// Whether there is such a user and such an item.
// identifiers: user, user_key, item, item_key
// params: $user_id: any, $item_id: any
// returns: has_user, has_item
// access: read
RETURN EXISTS { (:{{user}} {{{user_key}}: $user_id}) } AS has_user,
       EXISTS { (:{{item}} {{{item_key}}: $item_id}) } AS has_item
