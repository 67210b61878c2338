"""The database side: schema, connection, the managed server, writes, snapshot, releases, and asking."""
