"""A server that goes away in the middle of a load: what was committed stays, and a re-run completes it."""

import os
import signal

import pytest

from graph.database import Database
from graph.errors import DatabaseGoneError
from graph.server.lifecycle import down, status
from graph.settings import ConnectionSettings, ServerSettings
from graph.snapshot import read_snapshot
from graph.write import write_tables
from tests.small_tables import SCHEMA, assert_holds, small_tables

pytestmark = pytest.mark.integration

BATCH = 20
KILLED_AFTER = 3 * BATCH


def test_a_load_whose_server_was_killed_is_completed_by_a_rerun(tmp_path, monkeypatch):
    monkeypatch.setattr("graph.write.edges.EDGES_A_BATCH", BATCH)
    monkeypatch.setattr("graph.database._RETRY_TIME_S", 1.0)
    settings = ServerSettings(home=tmp_path / "home", port=0, heap_mb=512)
    embedded = ConnectionSettings(uri=None, database="neo4j")
    tables = small_tables()
    total = sum(table.frame.height for table in tables.edges)

    def kill(stage, done, _total):
        if (stage, done) == ("writing relationships", KILLED_AFTER):
            os.kill(status(settings).pid, signal.SIGKILL)

    try:
        with Database.connect(embedded, settings) as database, pytest.raises(DatabaseGoneError, match="run the same again"):
            write_tables(database, tables, kill)
        with Database.connect(embedded, settings) as database:
            report = write_tables(database, tables)
            assert sum(part.created for part in report.nodes) == 0
            assert sum(part.created for part in report.edges) == total - KILLED_AFTER
            assert_holds(read_snapshot(database, SCHEMA), tables)
            report = write_tables(database, tables)
            assert sum(part.created for part in (*report.nodes, *report.edges)) == 0
    finally:
        down(settings)
