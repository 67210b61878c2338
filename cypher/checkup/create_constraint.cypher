// A constraint by a name that an index has: refused for that reason where the user may make constraints, before any node is read.
// identifiers: index, label, property
// params:
// returns: nothing
// access: schema
CREATE CONSTRAINT {{index}} FOR (n:{{label}}) REQUIRE n.{{property}} IS UNIQUE
