"""A snapshot from the cache is the one that reading the whole graph gives, whatever was done to the graph meanwhile."""

import contextlib
import threading
import time

import numpy as np
import pytest
from neo4j.exceptions import Neo4jError

from graph.errors import SchemaError
from graph.snapshot import read_snapshot
from graph.sync import Counts, SyncKind, check_cache, sync
from tests.small_changes import BOUGHT, MAKE, SCHEMA, change, check_equal, session_of
from tests.small_releases import rows

pytestmark = pytest.mark.integration


@pytest.fixture
def session(database):
    with session_of(database) as driver, driver.session() as session:
        session.run(MAKE, size=30).consume()
        yield session


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "snapshot"


@pytest.mark.parametrize(("seed", "largest_patch"), [(0, 0.0), (1, 0.1), (2, 1.0), (3, 100.0)])
def test_after_any_changes_it_is_what_the_whole_graph_is(database, session, folder, monkeypatch, seed, largest_patch):
    monkeypatch.setattr("graph.sync.kept.LARGEST_PATCH", largest_patch)
    rng = np.random.default_rng(seed)
    change(session, rng, 40)
    assert sync(database, SCHEMA, folder).report.kind is SyncKind.FULL
    for _ in range(12):
        change(session, rng, int(rng.integers(1, 6)))
        synced = sync(database, SCHEMA, folder)
        assert synced.report.kind is not SyncKind.FULL, synced.report
        check_equal(synced.snapshot, read_snapshot(database, SCHEMA))
        assert check_cache(database, SCHEMA, folder) == []
        again = sync(database, SCHEMA, folder)
        assert again.report.kind is SyncKind.UNCHANGED
        check_equal(again.snapshot, synced.snapshot)


def test_it_says_what_changed(database, session, folder):
    sync(database, SCHEMA, folder)
    session.run(
        "MATCH (u:User {id: 'u1'}), (i:Item {id: 'i1'}) CREATE (u)-[:RATED {value: 1.0}]->(i), (u)-[:RATED {value: 2.0}]->(i)"
    ).consume()
    assert sync(database, SCHEMA, folder).report.edges == Counts(added=2)
    session.run("MATCH ()-[r:RATED {value: 1.0}]->() SET r.value = 3.0, r.other = 1").consume()
    session.run("MATCH ()-[r:RATED {value: 2.0}]->() SET r.other = 1").consume()
    session.run("MATCH (u:User {id: 'u2'}) SET u.age = 1 SET u.other = 2").consume()
    report = sync(database, SCHEMA, folder).report
    assert (report.nodes, report.edges) == (Counts(changed=1), Counts(changed=1))
    session.run("MATCH (u:User {id: 'u1'}) DETACH DELETE u CREATE (:User {id: 'z'})").consume()
    report = sync(database, SCHEMA, folder).report
    assert (report.nodes, report.edges) == (Counts(added=1, removed=1), Counts(removed=2))
    session.run("CREATE (:Stranger)").consume()
    report = sync(database, SCHEMA, folder).report
    assert (report.kind, report.nodes, report.edges) == (SyncKind.INCREMENTAL, Counts(), Counts())
    assert "0 nodes added" in report.summary()


def test_what_cannot_be_used_is_told_of_a_graph_that_did_not_change_too(database, session, folder):
    session.run(
        "MATCH (u:User {id: 'u1'}), (i:Item {id: 'i1'}) CREATE (i)-[:BOUGHT_BY {value: 'many', at: '2024-01-02'}]->(u), (:User)"
    ).consume()
    whole = sync(database, SCHEMA, folder).snapshot
    assert whole.left_out() == [
        "1 User nodes have no id and were left out",
        "1 BOUGHT_BY relationships have a value that is no number or moment; it is taken as missing",
    ]
    for _ in range(2):
        check_equal(sync(database, SCHEMA, folder).snapshot, whole)
        session.run("CREATE (:Stranger)").consume()
    session.run("MATCH ()-[r:BOUGHT_BY]->() SET r.value = '2'").consume()
    synced = sync(database, SCHEMA, folder)
    assert (synced.report.edges, synced.snapshot.unusable) == (Counts(changed=1), {})
    columns = synced.snapshot.edges[BOUGHT.triple]
    assert (columns.value.tolist(), columns.time.tolist()) == ([2.0], [1_704_153_600])
    assert synced.snapshot.nodes["User"].ids[columns.source[0]] == "u1"


def test_ids_that_cannot_be_told_apart_are_refused_until_they_can(database, session, folder):
    sync(database, SCHEMA, folder)
    session.run("CREATE (:User {id: 'u1'})").consume()
    for _ in range(2):
        with pytest.raises(SchemaError, match="2 User nodes have the id u1"):
            sync(database, SCHEMA, folder)
    session.run("MATCH (u:User {id: 'u1'}) WITH u LIMIT 1 SET u.id = 'u0'").consume()
    synced = sync(database, SCHEMA, folder)
    assert synced.report.kind is SyncKind.INCREMENTAL
    check_equal(synced.snapshot, read_snapshot(database, SCHEMA))


def test_the_server_made_ready_at_its_start_what_tells_changes(server, database):
    said = server.log_path.read_text()
    assert "cannot tell what changed" not in said
    assert "was not made ready" not in said


def test_how_relationships_are_read_is_planned_ahead_and_once(database, session, folder, monkeypatch):
    sync(database, SCHEMA, folder)
    asked = []
    read = database.read
    monkeypatch.setattr(database, "read", lambda statement, *rest: asked.append(statement.name) or read(statement, *rest))
    monkeypatch.setattr(database, "_planned", set())
    for number in (1, 20):
        session.run("MATCH (u:User) WITH u LIMIT $number SET u.age = -$number", number=number).consume()
        assert sync(database, SCHEMA, folder).report.nodes == Counts(changed=number)
    assert asked.count("sync/read_edges_by_internal_id") == 1


def test_an_id_that_is_given_anew_is_another_node(database, session, folder):
    session.run("MATCH (n) DETACH DELETE n").consume()
    session.run(
        "UNWIND range(1, 50) AS n CREATE (:User {id: 'old' + n})-[:RATED {value: 1.0}]->(:Item {id: 'old' + n})"
    ).consume()
    before = {row["id"] for row in rows(database, "CYPHER 5 MATCH (n) RETURN id(n) AS id")}
    sync(database, SCHEMA, folder)
    session.run("MATCH (n) DETACH DELETE n").consume()
    after: set[int] = set()
    deadline = time.monotonic() + 30
    while not before & after and time.monotonic() < deadline:
        # The server gives ids anew after a second or two, those first that were free before: so many at a time.
        session.run(
            "UNWIND range(1, 50) AS n CREATE (:Item {id: 'new' + rand()})<-[:RATED {value: 2.0}]-(:User {id: 'new' + rand()})"
        ).consume()
        after = {row["id"] for row in session.run("CYPHER 5 MATCH (n) RETURN id(n) AS id").data()}
        time.sleep(0.2)
    assert before & after
    synced = sync(database, SCHEMA, folder)
    assert synced.report.kind is SyncKind.INCREMENTAL
    check_equal(synced.snapshot, read_snapshot(database, SCHEMA))


def test_others_may_write_meanwhile(database, session, folder):
    stop = threading.Event()

    def write(seed):
        rng = np.random.default_rng(seed)
        with session_of(database) as driver, driver.session() as session:
            while not stop.is_set():
                with contextlib.suppress(Neo4jError):  # the two in each other's way
                    change(session, rng, 1)

    sync(database, SCHEMA, folder)
    writers = [threading.Thread(target=write, args=(seed,)) for seed in (1, 2)]
    for writer in writers:
        writer.start()
    try:
        kinds = {sync(database, SCHEMA, folder).report.kind for _ in range(15)}
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    assert kinds <= {SyncKind.INCREMENTAL, SyncKind.UNCHANGED}
    check_equal(sync(database, SCHEMA, folder).snapshot, read_snapshot(database, SCHEMA))
    assert check_cache(database, SCHEMA, folder) == []


def test_the_check_shows_what_differs_by_kind_with_examples(database, session, folder):
    session.run("MATCH (u:User {id: 'u1'}), (i:Item {id: 'i1'}) CREATE (u)-[:RATED {value: 1.0, time: 5}]->(i)").consume()
    sync(database, SCHEMA, folder)
    assert check_cache(database, SCHEMA, folder) == []
    session.run(
        "MATCH (u:User {id: 'u1'})-[r:RATED]->(i) SET r.value = 2.0, u.age = 1 WITH u, i "
        "CREATE (u)-[:SAW {at: 7}]->(i) WITH i MATCH (other:Item {id: 'i2'}) DELETE other"
    ).consume()
    found = {difference.name: difference for difference in check_cache(database, SCHEMA, folder)}
    assert {name: (one.missing, one.superfluous, one.differing) for name, one in found.items()} == {
        "User": (0, 0, 1),
        "Item": (0, 1, 0),
        "User RATED Item": (0, 0, 1),
        "User SAW Item": (1, 0, 0),
    }
    assert found["User SAW Item"].examples == ("missing: u1 → i1, time 7",)
    assert found["User RATED Item"].examples == ("differing: u1 → i1, value 2, time 5",)
    assert found["Item"].examples == ("superfluous: i2",)
