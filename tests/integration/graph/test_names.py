"""Keys and names that are awkward in Cypher go into the graph and come back as they were."""

import polars as pl
import pytest

from graph.schema import EdgeKind, EdgeRole, Feature, FeatureType, NodeKind, NodeRole, Schema
from graph.schema_store import load_schema
from graph.snapshot import read_snapshot
from graph.tables import EdgeTable, NodeTable, Tables
from graph.write import write_tables
from loaders import set_aside

pytestmark = pytest.mark.integration

QUOTES = ["o'Neil", '"quoted"', "`tick`", "``", "\\", "\\u0060", "') DETACH DELETE n //"]
SPACES = ["two words", " lead", "\t", "\u2028", "a\x85b", "\N{ZERO WIDTH JOINER}x"]
ODD = sorted([*QUOTES, *SPACES, "null", "1", "$x", "{y}", "{{label}}", "Ålesund", "東京", "مرحبا", "🎬"])
NAMES = ["a b", "a`b", "`", "naïve 名", "x'y", 'x"y', "a}b{c", "$p", "{{label}}", "🎬", "DETACH DELETE", "1st"]


def one_of_each(user, item, type_, key, value, prop):
    rated = EdgeKind(source=user, type=type_, target=item, role=EdgeRole.INTERACTION, value=value)
    schema = Schema(
        nodes=(
            NodeKind(label=user, key=key, role=NodeRole.USER),
            NodeKind(
                label=item,
                key=key,
                role=NodeRole.ITEM,
                title=prop,
                features=(Feature(name=prop, type=FeatureType.CATEGORICAL),),
            ),
        ),
        edges=(rated,),
    )
    users = NodeTable(user, pl.DataFrame({key: ODD}))
    items = NodeTable(item, pl.DataFrame({key: ODD, prop: ODD[::-1]}))
    ratings = pl.DataFrame({"source": ODD, "target": ODD[::-1], value: [float(n) for n in range(len(ODD))]})
    return Tables(schema, (users, items), (EdgeTable(rated, ratings),), set_aside.empty())


def check_round_trip(database, tables):
    for _ in range(2):
        report = write_tables(database, tables)
    assert {part.created for part in (*report.nodes, *report.edges)} == {0}
    schema = load_schema(database)
    assert schema == tables.schema
    snapshot = read_snapshot(database, schema)
    (kind,) = schema.edges
    assert snapshot.nodes[schema.user.label].ids.tolist() == ODD
    assert snapshot.nodes[schema.items[0].label].ids.tolist() == ODD
    assert list(snapshot.nodes[schema.items[0].label].columns[schema.items[0].title]) == ODD[::-1]
    edges = snapshot.edges[kind.triple]
    assert edges.source.tolist() == list(range(len(ODD)))
    assert edges.target.tolist() == list(range(len(ODD)))[::-1]
    assert edges.value.tolist() == [float(n) for n in range(len(ODD))]


def test_awkward_keys_and_values_round_trip(database):
    check_round_trip(database, one_of_each("User", "Item", "RATED", "id", "value", "title"))


@pytest.mark.parametrize("shift", range(0, len(NAMES), 6))
def test_awkward_labels_types_and_properties_round_trip(database, shift):
    check_round_trip(database, one_of_each(*NAMES[shift : shift + 6]))
