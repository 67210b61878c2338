"""An embedded Neo4j of a benchmark's own: empty at the start, gone at the end."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from graph.database import Database
from graph.server.lifecycle import down
from graph.settings import ConnectionSettings, ServerSettings


@contextmanager
def fresh_database() -> Iterator[Database]:
    """Start a server on an empty store in a temporary folder; stop it afterwards."""
    with tempfile.TemporaryDirectory(prefix="hopline-benchmark-") as home:
        settings = ServerSettings(home=Path(home))
        try:
            with Database.connect(ConnectionSettings(uri=None), settings) as database:
                yield database
        finally:
            down(settings)
