"""An embedded Neo4j of a benchmark's own: empty at the start, gone at the end."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import neo4j

from graph.database import Database
from graph.server.lifecycle import down
from graph.settings import ConnectionSettings, ServerSettings


@contextmanager
def fresh_database(on_stopped: Callable[[Path], None] = lambda _home: None) -> Iterator[Database]:
    """Start a server on an empty store in a temporary folder; stop it afterwards, and tell of its folder before that goes."""
    with tempfile.TemporaryDirectory(prefix="hopline-benchmark-") as home:
        settings = ServerSettings(home=Path(home))
        try:
            with Database.connect(ConnectionSettings(uri=None), settings) as database:
                yield database
        finally:
            down(settings)
            on_stopped(Path(home))


@contextmanager
def session_of(database: Database) -> Iterator[neo4j.Session]:
    """Give a plain session of the driver, as any program has one."""
    endpoint = database.endpoint
    with (
        neo4j.GraphDatabase.driver(endpoint.uri, auth=endpoint.auth, notifications_min_severity="OFF") as driver,
        driver.session(database=endpoint.database) as session,
    ):
        yield session
