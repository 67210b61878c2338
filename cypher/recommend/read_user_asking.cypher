// What suggesting people to a user needs to know first: their id as it is stored, whether a release knows them, whom they have.
// identifiers: user, user_key, social, asking_vector
// terms: owned
// params: $user_ids: list of ids that may be meant, the likeliest first
// returns: id, has_vector, num_known
// access: read
UNWIND $user_ids AS user_id
MATCH (u:{{user}} {{{user_key}}: user_id})
{{WHERE u.owned}}
RETURN u.{{user_key}} AS id, u.{{asking_vector}} IS NOT NULL AS has_vector, COUNT { (u)-[:{{social}}]-(:{{user}}) } AS num_known
LIMIT 1
