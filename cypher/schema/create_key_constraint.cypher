// One node a key: also the index that loading and asking look nodes up by.
// identifiers: label, key
// params:
// returns: nothing
// access: schema
CREATE CONSTRAINT IF NOT EXISTS FOR (n:{{label}}) REQUIRE n.{{key}} IS UNIQUE
