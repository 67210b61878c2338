// The version of the server, such as 2026.09.0.
// params:
// returns: version
// access: read
CALL dbms.components() YIELD name, versions
WITH name, versions
WHERE name = 'Neo4j Kernel'
RETURN versions[0] AS version
