"""One store through a kill, a stop, a pruned log and a read-only start: what is synced, what works, and what is refused."""

import json
import os
import signal

import pytest

from graph.checkup.rights import PROBE
from graph.database import Database
from graph.schema_store import load_schema
from graph.server.lifecycle import down
from graph.settings import ConnectionSettings, ServerSettings
from graph.snapshot import read_snapshot
from graph.sync import Counts, SyncKind, check_cache, sync
from tests.small_changes import check_equal
from tests.small_releases import rows
from tests.small_servers import up_with

pytestmark = pytest.mark.integration

EMBEDDED = ConnectionSettings(uri=None, database="neo4j")
SMALL_LOGS = {"db.tx_log.rotation.size": "128k", "db.tx_log.rotation.retention_policy": "1 files"}
READ_ONLY = {"server.databases.default_to_read_only": "true"}


@pytest.fixture
def settings(workplace, monkeypatch):
    """A home of its own, which the command line uses too."""
    settings = ServerSettings(home=workplace / "home", port=0, heap_mb=512)
    monkeypatch.setenv("HOPLINE_HOME", str(settings.home))
    yield settings
    down(settings)


def synced(settings, folder):
    """Synchronise, and see that it gives what the whole graph is."""
    with Database.connect(EMBEDDED, settings) as database:
        schema = load_schema(database)
        found = sync(database, schema, folder)
        check_equal(found.snapshot, read_snapshot(database, schema))
        assert check_cache(database, schema, folder) == []
        assert sync(database, schema, folder).report.kind is SyncKind.UNCHANGED
        return found.report


def changed(settings, text):
    with Database.connect(EMBEDDED, settings) as database:
        rows(database, text)


def fill_logs(settings):
    for _ in range(3):
        changed(settings, "UNWIND range(1, 2000) AS n CREATE (:Stranger {text: 'something of some length ' + n})")
        changed(settings, "MATCH (n:Stranger) DELETE n")


def logs_of(settings):
    folder = settings.home / "data" / "transactions" / "neo4j"
    return sorted(folder.glob("neostore.transaction.db.*"), key=lambda path: int(path.suffix[1:]))


def test_a_store_through_its_lives(hopline, settings, workplace):
    folder = workplace / "snapshot"
    server = up_with(settings, SMALL_LOGS)
    assert hopline("import", "films", "--json")[0] == 0
    assert synced(settings, folder).kind is SyncKind.FULL

    changed(settings, "MATCH (:User {id: 'u0'})-[r:RATED]->() DELETE r")
    os.kill(server.pid, signal.SIGKILL)
    up_with(settings, SMALL_LOGS)
    after_kill = synced(settings, folder)
    assert (after_kill.kind, after_kill.edges) == (SyncKind.INCREMENTAL, Counts(removed=11))

    changed(settings, "MATCH (u:User {id: 'u0'}), (i:Item) WHERE i.id IN ['f2', 'f4'] CREATE (u)-[:RATED {rating: 4.0}]->(i)")
    down(settings)
    up_with(settings, SMALL_LOGS)
    after_stop = synced(settings, folder)
    assert (after_stop.kind, after_stop.edges) == (SyncKind.INCREMENTAL, Counts(added=2))

    changed(settings, "MATCH (:User {id: 'u2'})-[r:RATED]->() SET r.rating = 1.0")
    assert synced(settings, folder).kind is SyncKind.INCREMENTAL
    current = len(logs_of(settings)) - 1  # the file that holds what was synced last
    fill_logs(settings)
    changed(settings, "MATCH (:User {id: 'u1'})-[r:RATED]->() DELETE r")
    logs = logs_of(settings)
    assert len(logs) > current + 2
    logs[current + 1].unlink()  # as a checkpoint does at any moment, while the one before is read
    pruned = synced(settings, folder)
    assert pruned.kind is SyncKind.FULL
    assert "pruned while it was read" in pruned.why

    fill_logs(settings)
    down(settings)  # a checkpoint is made, and what lies before it pruned
    up_with(settings, READ_ONLY)
    pruned = synced(settings, folder)
    assert pruned.kind is SyncKind.FULL
    assert "does not reach back" in pruned.why
    check_that_reading_works_and_writing_is_refused(hopline, settings, workplace)


def check_that_reading_works_and_writing_is_refused(hopline, settings, workplace):
    with Database.connect(EMBEDDED, settings) as database:
        before = read_snapshot(database, load_schema(database))
    for command in (("init", "--output", "new.toml"), ("describe",), ("sync",), ("train", "--epochs", "1", "--quiet")):
        status, _, err = hopline(*command)
        assert (status, err) == (0, ""), command

    status, out, err = hopline("doctor", "--no-estimate", "--json")
    assert (status, err) == (0, "")
    (rights,) = [finding for finding in json.loads(out)["findings"] if finding["subject"] == "rights"]
    assert rights["status"] == "warning"
    assert "may not write (the database is read-only)" in rights["what"]
    assert "import, publish, rollback" in rights["what"]

    for command in (("import", "films"), ("publish",), ("rollback",)):
        status, out, err = hopline(*command)
        if command == ("rollback",):
            assert "nothing is published" in err
        else:
            assert "the database is read-only" in err, command
            assert "let it be written to" in err
        assert (status, out) == (1, "")
    with Database.connect(EMBEDDED, settings) as database:
        check_equal(read_snapshot(database, load_schema(database)), before)
        assert not rows(database, "MATCH (n) WHERE any(l IN labels(n) WHERE l IN ['HoplineRelease', 'HoplineActive']) RETURN n")
        assert not rows(database, "SHOW INDEXES YIELD name WHERE name = $name", name=PROBE)
