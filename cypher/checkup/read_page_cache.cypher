// How large the server's page cache is, as its settings say it, such as 512.00MiB; null where it chooses itself.
// params:
// returns: size
// access: read
SHOW SETTINGS YIELD name, value
WHERE name = 'server.memory.pagecache.size'
RETURN value AS size
