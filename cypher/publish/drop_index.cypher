// Take away one release's index.
// identifiers: index
// params:
// returns: nothing
// access: schema
DROP INDEX {{index}} IF EXISTS
