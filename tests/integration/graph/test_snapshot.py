"""The graph read back as columns is the tables that were written."""

import numpy as np
import polars as pl
import pytest

from graph.schema import Schema
from graph.snapshot import read_snapshot
from graph.tables import EdgeTable, NodeTable, Tables
from graph.write import write_tables
from loaders import set_aside
from tests.small_releases import rows
from tests.small_tables import FACTS, NUM_USERS, RATED, SCHEMA, SEQUEL, assert_holds, small_tables

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def tables():
    return small_tables()


@pytest.fixture
def loaded(database, tables):
    write_tables(database, tables)
    return database


def check_equal(one, two):
    assert one.nodes.keys() == two.nodes.keys()
    for label, columns in one.nodes.items():
        np.testing.assert_array_equal(columns.ids, two.nodes[label].ids)
        assert columns.columns.keys() == two.nodes[label].columns.keys()
        for name, values in columns.columns.items():
            np.testing.assert_equal(values, two.nodes[label].columns[name])
    assert one.edges.keys() == two.edges.keys()
    for triple, columns in one.edges.items():
        for name in ("source", "target", "value", "time"):
            np.testing.assert_equal(getattr(columns, name), getattr(two.edges[triple], name))


def test_a_snapshot_is_what_was_written(loaded, tables):
    heard = []
    snapshot = read_snapshot(loaded, SCHEMA, lambda *stage: heard.append(stage))
    assert_holds(snapshot, tables)
    assert snapshot.skipped == 0
    assert set(snapshot.nodes["Item"].columns) == {"title", "genres"}
    # Three kinds between the same labels without properties are read by one statement.
    assert heard[-1] == ("reading relationships", 3, 3)


def test_pages_change_nothing(loaded, monkeypatch):
    whole = read_snapshot(loaded, SCHEMA)
    for nodes, relationships in ((7, 10), (NUM_USERS, 1), (1, 1000)):
        monkeypatch.setattr("graph.snapshot.nodes.NODES_A_PAGE", nodes)
        monkeypatch.setattr("graph.snapshot.read.RELATIONSHIPS_A_PAGE", relationships)
        check_equal(read_snapshot(loaded, SCHEMA), whole)


def test_types_read_together_are_the_same_as_each_alone(loaded):
    together = read_snapshot(loaded, SCHEMA)
    for kind in (*FACTS, SEQUEL):
        alone = read_snapshot(loaded, SCHEMA.model_copy(update={"edges": (kind,)}))
        np.testing.assert_array_equal(together.edges[kind.triple].source, alone.edges[kind.triple].source)
        np.testing.assert_array_equal(together.edges[kind.triple].target, alone.edges[kind.triple].target)


def test_what_the_schema_does_not_name_is_not_read(loaded):
    before = read_snapshot(loaded, SCHEMA)
    rows(
        loaded,
        "CREATE (s:Stranger {id: 'x'}) WITH s MATCH (u:User {id: 'u1'}), (i:Item {id: 'i1'}) "
        "CREATE (u)-[:RATED]->(s)-[:MADE_BY]->(i), (u)-[:TOLD]->(i)",
    )
    check_equal(read_snapshot(loaded, SCHEMA), before)


def test_a_relationship_to_a_node_that_was_not_read_is_left_and_counted(loaded):
    before = read_snapshot(loaded, SCHEMA)
    rows(
        loaded,
        "CREATE (keyless:Item) WITH keyless MATCH (u:User {id: 'u1'}), (i:Item {id: 'i1'}) "
        f"CREATE (u)-[:RATED {{value: 9.0}}]->(keyless), (i)-[:`{SEQUEL.type}`]->(keyless)",
    )
    after = read_snapshot(loaded, SCHEMA)
    check_equal(after, before)
    assert after.skipped == 2


def test_a_missing_value_is_nan_and_a_missing_time_0(database):
    schema = Schema(nodes=SCHEMA.nodes[:2], edges=(RATED,))
    rated = pl.DataFrame(
        {"source": ["a", "a", "b"], "target": ["x", "y", "x"], "value": [1.5, None, 3.0], "time": [None, 7, 8]},
        schema_overrides={"time": pl.Int64},
    )
    nodes = (NodeTable("User", pl.DataFrame({"id": ["a", "b"]})), NodeTable("Item", pl.DataFrame({"id": ["x", "y"]})))
    write_tables(database, Tables(schema, nodes, (EdgeTable(RATED, rated),), set_aside.empty()))
    edges = read_snapshot(database, schema).edges[RATED.triple]
    np.testing.assert_array_equal(edges.value, np.asarray([1.5, np.nan, 3.0], np.float32))
    assert edges.time.tolist() == [0, 7, 8]


def test_one_of_the_two_properties_is_read_without_the_other(loaded):
    whole = read_snapshot(loaded, SCHEMA).edges[RATED.triple]
    for missing, kept in (("time", "value"), ("value", "time")):
        kind = RATED.model_copy(update={missing: None})
        edges = read_snapshot(loaded, Schema(nodes=SCHEMA.nodes[:2], edges=(kind,))).edges[RATED.triple]
        assert getattr(edges, missing) is None
        np.testing.assert_array_equal(getattr(edges, kept), getattr(whole, kept))


def test_an_empty_graph_is_an_empty_snapshot(database):
    snapshot = read_snapshot(database, SCHEMA)
    assert {len(columns.ids) for columns in snapshot.nodes.values()} == {0}
    assert {len(columns.source) for columns in snapshot.edges.values()} == {0}
    assert snapshot.edges[RATED.triple].value.dtype == np.float32


def test_integer_keys_are_integers_in_the_order_of_numbers(database):
    schema = Schema(nodes=SCHEMA.nodes[:2], edges=(RATED,))
    rated = pl.DataFrame({"source": [10, 9, 100], "target": [-5, 7, 7], "value": [1.0, 2.0, 3.0], "time": [1, 2, 3]})
    nodes = (NodeTable("User", pl.DataFrame({"id": [10, 9, 100]})), NodeTable("Item", pl.DataFrame({"id": [7, -5]})))
    write_tables(database, Tables(schema, nodes, (EdgeTable(RATED, rated),), set_aside.empty()))
    snapshot = read_snapshot(database, schema)
    assert snapshot.nodes["User"].ids.dtype == np.int64
    assert snapshot.nodes["User"].ids.tolist() == [9, 10, 100]
    assert snapshot.nodes["Item"].ids.tolist() == [-5, 7]
    edges = snapshot.edges[RATED.triple]
    assert (edges.source.tolist(), edges.target.tolist(), edges.value.tolist()) == ([0, 1, 2], [1, 0, 1], [2.0, 1.0, 3.0])
