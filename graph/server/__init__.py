"""The embedded Neo4j: its jars, its process, its password. ``lifecycle`` is what callers use."""
