// How many items of a domain a user has met.
// identifiers: user, user_key, item, interactions
// params: $user_id: any
// returns: number
// access: read
MATCH (u:{{user}} {{{user_key}}: $user_id})
RETURN COUNT { (u)-[:{{interactions}}]-(:{{item}}) } AS number
