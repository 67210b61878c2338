// What asking for a user needs to know first: their id as it is stored, the length of their vector, how much they have met.
// identifiers: user, user_key, item, interactions, norm
// params: $user_ids: list of ids that may be meant, the likeliest first
// returns: id, norm, num_met
// access: read
UNWIND $user_ids AS user_id
MATCH (u:{{user}} {{{user_key}}: user_id})
RETURN u.{{user_key}} AS id, u.{{norm}} AS norm, COUNT { (u)-[:{{interactions}}]-(:{{item}}) } AS num_met
LIMIT 1
