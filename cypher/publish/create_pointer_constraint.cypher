// There is one pointer to the active release.
// params:
// returns: nothing
// access: schema
CREATE CONSTRAINT IF NOT EXISTS FOR (p:HoplineActive) REQUIRE p.name IS UNIQUE
