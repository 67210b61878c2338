"""A data set written in parts by one writer: the graph is that of one load, whatever comes back in a later part."""

import polars as pl
import pytest

from graph.errors import SchemaError
from graph.schema import EdgeKind, EdgeRole, NodeKind, NodeRole, Schema
from graph.tables import EdgeTable, NodeTable, Tables
from graph.write import GraphWriter
from loaders import set_aside
from tests.small_releases import rows

pytestmark = pytest.mark.integration

RATED = EdgeKind(source="User", type="RATED", target="Item", role=EdgeRole.INTERACTION, value="value")
KNOWS = EdgeKind(source="User", type="KNOWS", target="User", role=EdgeRole.SOCIAL)
SCHEMA = Schema(
    nodes=(NodeKind(label="User", role=NodeRole.USER), NodeKind(label="Item", role=NodeRole.ITEM)), edges=(RATED, KNOWS)
)
FOUND = "MATCH (u:User)-[r:RATED]->(i:Item) RETURN u.id AS user, i.id AS item, r.value AS value ORDER BY user, item"


def part(ratings, users=(), items=("a", "b", "c"), knows=()):
    frame = pl.DataFrame(ratings, schema={"source": pl.String, "target": pl.String, "value": pl.Float64}, orient="row")
    pairs = pl.DataFrame(knows, schema={"source": pl.String, "target": pl.String}, orient="row")
    nodes = [
        NodeTable(label, pl.DataFrame({"id": keys}, schema={"id": pl.String}))
        for label, keys in (("User", users), ("Item", items))
    ]
    return Tables(SCHEMA, tuple(nodes), (EdgeTable(RATED, frame), EdgeTable(KNOWS, pairs)), set_aside.empty())


def found(database):
    return [tuple(row.values()) for row in rows(database, FOUND)]


def test_a_pair_that_comes_back_in_a_later_part_stays_one_relationship_with_the_later_properties(database, monkeypatch):
    monkeypatch.setattr("graph.write.edges.EDGES_A_BATCH", 2)
    writer = GraphWriter(database, SCHEMA)
    first = writer.write(part([("u", "a", 1.0), ("v", "b", 2.0), ("u", "b", 3.0)], users=("u", "v")))
    second = writer.write(part([("u", "a", 5.0), ("w", "c", 4.0), ("v", "c", None)], users=("w",)))
    third = writer.write(part([("w", "c", 4.5), ("x", "a", 1.5)], users=("x",)))
    assert [report.edges[0].created for report in (first, second, third)] == [3, 2, 1]
    assert found(database) == [
        ("u", "a", 5.0),
        ("u", "b", 3.0),
        ("v", "b", 2.0),
        ("v", "c", None),
        ("w", "c", 4.5),
        ("x", "a", 1.5),
    ]


def test_relationships_that_another_makes_between_two_parts_are_not_made_twice(database):
    writer = GraphWriter(database, SCHEMA)
    writer.write(part([("u", "a", 1.0)], users=("u", "v")))
    rows(database, "MATCH (u:User {id: 'v'}), (i:Item {id: 'b'}) CREATE (u)-[:RATED {value: 9.0}]->(i)")
    report = writer.write(part([("v", "b", 2.0), ("v", "c", 3.0)]))
    assert report.edges[0].created == 1
    assert found(database) == [("u", "a", 1.0), ("v", "b", 2.0), ("v", "c", 3.0)]


def test_a_first_batch_without_any_end_in_the_graph_is_counted_and_the_next_is_written(database, monkeypatch):
    monkeypatch.setattr("graph.write.edges.EDGES_A_BATCH", 1)
    report = GraphWriter(database, SCHEMA).write(part([("a ghost", "a", 1.0), ("u", "a", 2.0)], users=("u",)))
    assert (report.edges[0].created, report.edges[0].without_end) == (1, 1)
    assert found(database) == [("u", "a", 2.0)]


def test_a_node_may_be_both_ends(database):
    knows = [("u", "u"), ("u", "v"), ("v", "u")]
    for expected in (3, 0):
        report = GraphWriter(database, SCHEMA).write(part([], users=("u", "v"), knows=knows))
        assert report.edges[1].created == expected
    found = rows(database, "MATCH (a)-[:KNOWS]->(b) RETURN a.id AS a, b.id AS b ORDER BY a, b")
    assert [(row["a"], row["b"]) for row in found] == knows


def test_properties_of_every_kind_come_out_as_they_went_in(database):
    given = {"flag": True, "count": 2**40, "text": "it's `so`", "words": ["x, y", ""], "none": None}
    ratings = pl.DataFrame([{"source": "u", "target": "a", **given}], schema_overrides={"none": pl.String})
    tables = Tables(SCHEMA, part([], users=("u",)).nodes, (EdgeTable(RATED, ratings),), set_aside.empty())
    for _ in range(2):
        GraphWriter(database, SCHEMA).write(tables)
        (row,) = rows(database, "MATCH ()-[r:RATED]->() RETURN properties(r) AS properties")
        assert row["properties"] == {name: value for name, value in given.items() if value is not None}


def test_a_part_of_another_schema_is_refused(database):
    writer = GraphWriter(database, SCHEMA)
    other = Schema(nodes=SCHEMA.nodes, edges=(RATED,))
    with pytest.raises(SchemaError, match="another schema than the parts before"):
        writer.write(Tables(other, (), (), set_aside.empty()))
