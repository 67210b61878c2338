// Two publishers cannot take the same version.
// params:
// returns: nothing
// access: schema
CREATE CONSTRAINT IF NOT EXISTS FOR (r:HoplineRelease) REQUIRE r.version IS UNIQUE
