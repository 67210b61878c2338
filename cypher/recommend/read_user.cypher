// What asking for a user needs to know first: the length of their vector, and how much they have met.
// identifiers: user, user_key, item, interactions, norm
// params: $user_id: any
// returns: norm, num_met
// access: read
MATCH (u:{{user}} {{{user_key}}: $user_id})
RETURN u.{{norm}} AS norm, COUNT { (u)-[:{{interactions}}]->(:{{item}}) } AS num_met
