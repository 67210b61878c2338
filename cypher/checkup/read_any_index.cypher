// The name of some index, if there is one.
// params:
// returns: name
// access: read
SHOW INDEXES YIELD name
RETURN name LIMIT 1
