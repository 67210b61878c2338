"""The doctor tells what is there, what is missing and what to do, starts nothing, and leaves nothing behind."""

import json
from dataclasses import replace

import pytest

from graph.database import Database
from graph.neighbours import SimilarItems, nearest_by_cosine
from graph.publish import publish
from graph.server.lifecycle import status
from graph.settings import ConnectionSettings, ServerSettings
from hopline import Recommender
from tests.small_files import SIZE
from tests.small_releases import SCHEMA, make_draft, rows, rows_of_system, write_graph

pytestmark = pytest.mark.integration


@pytest.fixture
def doctor(hopline):
    """Run it without the estimate; return its exit status and the first finding of each subject."""

    def run(*arguments):
        status, out, err = hopline("doctor", "--json", *(arguments or ("--no-estimate",)))
        assert err == ""
        told = json.loads(out)
        assert told["well"] is (status == 0)
        assert all(finding["todo"] for finding in told["findings"] if finding["status"] != "ok")
        assert all("\n" not in finding["what"] + finding["todo"] for finding in told["findings"])
        return status, {finding["subject"]: finding for finding in reversed(told["findings"])}, told["estimate"]

    return run


def all_there_is(database):
    """Everything that a person could see in the database, and its last transaction."""
    tokens = [rows(database, f"CALL {name}()") for name in ("db.labels", "db.relationshipTypes", "db.propertyKeys")]
    schema = [
        rows(database, f"SHOW {kind} YIELD name, state" if kind == "INDEXES" else f"SHOW {kind} YIELD name")
        for kind in ("INDEXES", "CONSTRAINTS")
    ]
    counts = rows(database, "MATCH (n) OPTIONAL MATCH (n)-[r]->() RETURN count(DISTINCT n), count(r)")
    return tokens, schema, counts, rows(database, "CALL hopline.changes(-1, 0, 1) YIELD transaction, checksum")


def test_of_a_loaded_graph_all_is_well_training_is_estimated_and_nothing_stays(hopline, doctor, database, workplace):
    assert hopline("import", "films", "--json")[0] == 0
    before, files = all_there_is(database), sorted(workplace.rglob("*"))
    status, found, estimate = doctor("--estimate")
    assert status == 0
    assert {finding["status"] for finding in found.values()} == {"ok"}, found
    assert all_there_is(database) == before
    assert sorted(workplace.rglob("*")) == files
    for subject in ("python", "packages", "server", "vector search", "rights", "indexes", "schema", "training", "memory"):
        assert subject in found
    assert "community" in found["server"]["what"]
    assert "SEARCH" in found["vector search"]["what"]
    assert f"{2 * SIZE + 4} nodes" in found["schema"]["what"]
    assert estimate["measured_share"] == 1
    assert estimate["epochs"] == 12
    assert 100 * 2**20 < estimate["memory_bytes"] < 4 * 2**30
    assert 0 < estimate["epoch_s"] < estimate["train_s"]
    status, out, _ = hopline("doctor", "--no-estimate")
    assert (status, "rights: may read, write" in out) == (0, True)


def test_a_server_that_is_down_is_not_started(doctor, monkeypatch, workplace):
    monkeypatch.setenv("HOPLINE_HOME", str(workplace / "no" / "home"))
    told, found, estimate = doctor()
    assert (told, estimate) == (0, None)
    assert found["server"]["status"] == "warning"
    assert "hopline up" in found["server"]["todo"]
    assert not (workplace / "no").exists()
    assert not status(ServerSettings(home=workplace / "no" / "home")).running


def test_what_cannot_be_reached_or_read_is_a_problem_and_the_rest_is_told_all_the_same(doctor, monkeypatch, workplace):
    monkeypatch.setenv("NEO4J_URI", "bolt://127.0.0.1:1")
    (workplace / "hopline.toml").write_text("[train]\nepoch = 1\n")
    status, found, _ = doctor()
    assert status == 1
    assert (found["connection"]["status"], found["connection"]["todo"]) == ("problem", "start it, or check NEO4J_URI")
    assert (found["configuration"]["status"], "train.epoch" in found["configuration"]["what"]) == ("problem", True)
    assert found["memory"]["status"] == found["python"]["status"] == "ok"
    monkeypatch.setenv("NEO4J_URI", "http://127.0.0.1:7474")
    assert "expected an address" in doctor()[1]["connection"]["todo"]


def test_an_empty_graph_and_one_without_a_schema_are_told_apart(doctor, database):
    assert "is empty" in doctor()[1]["schema"]["what"]
    rows(database, "CREATE (:Gene {id: 1})")
    finding = doctor()[1]["schema"]
    assert "Gene (1)" in finding["what"]
    assert "hopline init" in finding["todo"]


GIVEN_SCHEMA = """
[[graph_schema.nodes]]
label = "User"
role = "user"
[[graph_schema.nodes]]
label = "Item"
role = "item"
[[graph_schema.nodes]]
label = "Maker"
role = "entity"
[[graph_schema.edges]]
source = "User"
type = "LIKED"
target = "Item"
role = "interaction"
"""


def test_a_graph_that_the_schema_does_not_fit_is_told_by_what_is_absent(hopline, doctor, database, workplace):
    (workplace / "hopline.toml").write_text(GIVEN_SCHEMA)
    rows(database, "CREATE (:User {id: 1})")
    status, found, _ = doctor()
    assert (status, "no nodes Item" in found["schema"]["what"]) == (1, True)
    rows(database, "CREATE (:Item {id: 1})")
    status, out, err = hopline("train", "--quiet")
    assert (status, out) == (1, "")
    assert "found 1 users, 1 items and no interaction of theirs: none of (User)-[LIKED]->(Item); load some" in err
    status, found, _ = doctor()
    assert (status, "none of (User)-[LIKED]->(Item)" in found["schema"]["what"]) == (1, True)
    rows(database, "MATCH (u:User), (i:Item) CREATE (u)-[:LIKED]->(i)")
    status, found, _ = doctor()
    assert (status, found["schema"]["status"]) == (0, "warning")
    assert "declared and not in the graph: Maker" in found["schema"]["what"]
    assert "no constraint keeps id of User unique" in found["indexes"]["what"]
    assert "CREATE CONSTRAINT" in found["indexes"]["todo"]


def test_an_index_that_failed_is_a_problem(doctor, database):
    rows(database, "CREATE (:Thing {text: $value})", value="x" * 50_000)  # more than an entry of the index holds
    rows(database, "CREATE INDEX `too long` FOR (t:Thing) ON (t.text)")
    status, found, _ = doctor()
    assert (status, found["indexes"]["status"]) == (1, "problem")
    assert "too long on Thing (text) failed" in found["indexes"]["what"]
    assert "DROP INDEX `too long`" in found["indexes"]["todo"]


def test_a_password_that_must_be_changed_is_told_by_every_command_with_how(
    hopline, doctor, server, server_settings, monkeypatch
):
    monkeypatch.setenv("NEO4J_URI", server.uri)
    monkeypatch.setenv("NEO4J_USERNAME", "ann")
    monkeypatch.setenv("NEO4J_PASSWORD", "s3cret-word")
    with Database.connect(ConnectionSettings(uri=None), server_settings) as database:
        rows_of_system(database, "CREATE USER ann SET PASSWORD 's3cret-word' CHANGE REQUIRED")
        try:
            for command in (("init", "--force"), ("import", "films"), ("sync",), ("train",), ("publish",)):
                status, out, err = hopline(*command)
                assert (status, out) == (1, "")
                assert "its password must be changed first" in err
                assert "ALTER CURRENT USER SET PASSWORD" in err
            status, found, _ = doctor()
            assert (status, "must be changed" in found["connection"]["what"]) == (1, True)
            assert "ALTER CURRENT USER" in found["connection"]["todo"]
        finally:
            rows_of_system(database, "DROP USER ann")


def test_it_can_be_asked_from_python(workplace):
    found = Recommender.doctor(estimate=False, train={"epochs": 1})
    assert found.is_well
    assert found.estimate is None


def test_relationships_between_items_are_counted_against_what_was_published(doctor, database, monkeypatch):
    draft = make_draft()
    near = SimilarItems("cosine", tuple(nearest_by_cosine(part.vectors, 5) for part in draft.items))
    write_graph(database, draft, [("u1", "i1")])
    assert "neighbours" not in doctor()[1]
    number = publish(database, SCHEMA, replace(draft, similar=near, retrieve="vectors+similar")).similar.numbers["Item"]
    status, found, _ = doctor()
    assert (status, found["neighbours"]["status"]) == (0, "ok")
    assert f"all {number} relationships between items of the active release 1 are there" in found["neighbours"]["what"]
    rows(database, "MATCH ()-[s:HOPLINE_SIMILAR_V1]->() WITH s LIMIT 3 DELETE s")
    status, found, _ = doctor()
    assert (status, found["neighbours"]["status"]) == (1, "problem")
    assert f"{number - 3} relationships of type HOPLINE_SIMILAR_V1" in found["neighbours"]["what"]
    assert "hopline publish" in found["neighbours"]["todo"]
    monkeypatch.setenv("HOPLINE_ASK__RETRIEVE", "vectors")
    status, found, _ = doctor()
    assert (status, found["neighbours"]["status"]) == (0, "warning")
    rows(database, "MATCH (i:Item {id: 'i7'}) DETACH DELETE i")
    assert "1 items were deleted since" in doctor()[1]["neighbours"]["what"]
    rows(database, "MATCH (a:Item), (b:Item) CREATE (a)-[:HOPLINE_SIMILAR_V1 {weight: 1.0}]->(b)")
    assert "something else wrote such" in doctor()[1]["neighbours"]["what"]


def test_to_ask_by_relationships_that_the_active_release_does_not_have_is_a_problem(doctor, database, monkeypatch):
    draft = make_draft()
    write_graph(database, draft, [("u1", "i1")])
    publish(database, SCHEMA, draft)
    assert "neighbours" not in doctor()[1]
    monkeypatch.setenv("HOPLINE_ASK__RETRIEVE", "vectors+similar")
    status, found, _ = doctor()
    assert (status, found["neighbours"]["status"]) == (1, "problem")
    assert "set [publish] similar" in found["neighbours"]["todo"]


def test_items_that_are_no_tenants_are_told_of(hopline, doctor, database, monkeypatch):
    hopline("import", "films", "--json")
    monkeypatch.setenv("HOPLINE_ASK__TENANTS__ITEM", "sh`op")
    rows(database, "MATCH (i:Item) SET i.`sh``op` = 'acme'")
    status, found, _ = doctor()
    assert (status, found["tenants"]["status"]) == (0, "ok")
    assert "all that were looked at say whose they are" in found["tenants"]["what"]
    rows(database, "MATCH (i:Item) WITH i ORDER BY i.id LIMIT 3 SET i.`sh``op` = 7")
    rows(database, "MATCH (i:Item {`sh``op`: 'acme'}) WITH i LIMIT 2 REMOVE i.`sh``op`")
    status, found, _ = doctor()
    assert (status, found["tenants"]["status"]) == (0, "warning")
    assert "5 have no text as 'sh`op' (3 have something else): no tenant is shown them" in found["tenants"]["what"]
    monkeypatch.setenv("HOPLINE_ASK__TENANTS__USER", "id")
    status, found, _ = doctor()
    assert (status, found["tenants"]["status"]) == (1, "problem")
    assert "names 'id' of User" in found["tenants"]["what"]
