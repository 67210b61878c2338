// Those of the given procedures that the server has and the user may call.
// params: $procedures: list of procedure names
// returns: name
// access: read
SHOW PROCEDURES EXECUTABLE YIELD name
WHERE name IN $procedures
RETURN name
