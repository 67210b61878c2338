// The version of the server, such as 2026.09.0, and its edition, such as community.
// params:
// returns: version, edition
// access: read
CALL dbms.components() YIELD name, versions, edition
WITH name, versions, edition
WHERE name = 'Neo4j Kernel'
RETURN versions[0] AS version, edition
