"""Tables of a data set with a bit of everything, and whether a snapshot holds them, for tests of the database side."""

import numpy as np
import polars as pl

from graph.schema import EdgeKind, EdgeRole, Feature, FeatureType, NodeKind, NodeRole, Schema
from graph.tables import EdgeTable, NodeTable, Tables
from loaders import set_aside

RATED = EdgeKind(source="User", type="RATED", target="Item", role=EdgeRole.INTERACTION, value="value", time="time")
FACTS = tuple(
    EdgeKind(source="Item", type=type_, target="Entity", role=EdgeRole.KNOWLEDGE) for type_ in ("MADE_BY", "SHOT_IN", "ABOUT")
)
SEQUEL = EdgeKind(source="Item", type="MADE_BY", target="Item", role=EdgeRole.KNOWLEDGE)
SCHEMA = Schema(
    nodes=(
        NodeKind(label="User", role=NodeRole.USER, features=(Feature(name="age", type=FeatureType.NUMERIC),)),
        NodeKind(label="Item", role=NodeRole.ITEM, title="title", features=(Feature(name="genres", type=FeatureType.MULTI),)),
        NodeKind(label="Entity", role=NodeRole.ENTITY),
    ),
    edges=(RATED, *FACTS, SEQUEL),
)
NUM_USERS, NUM_ITEMS, NUM_ENTITIES = 30, 20, 5


def pairs(rng, source, target, count, **columns):
    ends = rng.choice([(s, t) for s in source for t in target], count, replace=False)
    return pl.DataFrame({"source": ends[:, 0].tolist(), "target": ends[:, 1].tolist(), **columns})


def small_tables():
    """Tables in no order, with missing values; numbered ids sort otherwise than they count ('u10' before 'u2')."""
    rng = np.random.default_rng(0)
    users, items, entities = (
        [f"{letter}{number}" for number in rng.permutation(count)]
        for letter, count in (("u", NUM_USERS), ("i", NUM_ITEMS), ("e", NUM_ENTITIES))
    )
    ages = [None if number % 4 == 0 else int(number) for number in range(NUM_USERS)]
    titles = [None if number % 5 == 0 else f"Title {number}" for number in range(NUM_ITEMS)]
    genres = [None if number % 3 == 0 else ["a", "b b"][: number % 3] for number in range(NUM_ITEMS)]
    values = [None if number % 6 == 0 else number / 2 for number in range(200)]
    times = [None if number % 7 == 0 else 1_600_000_000 + number for number in range(200)]
    return Tables(
        SCHEMA,
        (
            NodeTable("User", pl.DataFrame({"id": users, "age": ages})),
            NodeTable("Item", pl.DataFrame({"id": items, "title": titles, "genres": genres})),
            NodeTable("Entity", pl.DataFrame({"id": entities})),
        ),
        (
            EdgeTable(RATED, pairs(rng, users, items, 200, value=values, time=times)),
            *(EdgeTable(kind, pairs(rng, items, entities, 10 * n)) for n, kind in enumerate(FACTS, 1)),
            EdgeTable(SEQUEL, pairs(rng, items, items, 15)),
        ),
        set_aside.empty(),
    )


def assert_holds(snapshot, tables):
    """The snapshot holds the tables: nodes by ascending id, relationships by ascending ends, missing values as said."""
    order = {}
    for table in tables.nodes:
        frame, found = table.frame.sort("id"), snapshot.nodes[table.label]
        order[table.label] = {key: row for row, key in enumerate(frame["id"])}
        assert found.ids.tolist() == frame["id"].to_list()
        for name, values in found.columns.items():
            expected = frame[name].to_list()
            if isinstance(values, np.ndarray):
                assert values.dtype == np.float64
                expected = [np.nan if value is None else value for value in expected]
            np.testing.assert_equal(list(values), expected)
    for table in tables.edges:
        found = snapshot.edges[table.kind.triple]
        rows = sorted(
            (
                order[table.kind.source][row["source"]],
                order[table.kind.target][row["target"]],
                row.get("value"),
                row.get("time"),
            )
            for row in table.frame.to_dicts()
        )
        assert list(zip(found.source.tolist(), found.target.tolist(), strict=True)) == [row[:2] for row in rows]
        assert (found.source.dtype, found.target.dtype) == (np.int64, np.int64)
        if table.kind.value is None:
            assert (found.value, found.time) == (None, None)
        else:
            np.testing.assert_equal(found.value, np.array([row[2] for row in rows], np.float32))
            np.testing.assert_equal(found.time, np.array([row[3] or 0 for row in rows], np.int64))
