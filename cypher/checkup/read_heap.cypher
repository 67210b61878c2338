// How large the server's heap may grow, in bytes.
// params:
// returns: bytes
// access: read
CALL dbms.queryJmx('java.lang:type=Memory') YIELD attributes
RETURN attributes.HeapMemoryUsage.value.properties.max AS bytes
