"""Small snapshots whose answers are known, for tests of sampling, learning and serving."""

from dataclasses import replace

import numpy as np

from graph.schema import EdgeKind, EdgeRole, Feature, FeatureType, NodeKind, NodeRole, Schema
from graph.snapshot import EdgeColumns, NodeColumns, Snapshot

RATED = ("User", "RATED", "Item")
SAW = EdgeKind(source="User", type="SAW", target="Item", role=EdgeRole.INTERACTION, time="time")

ARTICLE = NodeKind(label="Article", role=NodeRole.ITEM)
READ = EdgeKind(source="User", type="READ", target="Article", role=EdgeRole.INTERACTION)

SCHEMA = Schema(
    nodes=(
        NodeKind(label="User", role=NodeRole.USER, features=(Feature(name="age", type=FeatureType.NUMERIC),)),
        NodeKind(label="Item", role=NodeRole.ITEM, features=(Feature(name="genres", type=FeatureType.MULTI),)),
        NodeKind(label="Entity", role=NodeRole.ENTITY),
    ),
    edges=(
        EdgeKind(source="User", type="RATED", target="Item", role=EdgeRole.INTERACTION, value="value"),
        EdgeKind(source="User", type="FRIEND", target="User", role=EdgeRole.SOCIAL),
        EdgeKind(source="Item", type="DIRECTED_BY", target="Entity", role=EdgeRole.KNOWLEDGE),
        EdgeKind(source="Entity", type="DIRECTOR_OF", target="Item", role=EdgeRole.KNOWLEDGE),
        EdgeKind(source="Item", type="SEQUEL", target="Item", role=EdgeRole.KNOWLEDGE),
    ),
)


def edges(pairs, value=None):
    array = np.asarray(sorted(pairs), np.int64).reshape(-1, 2)
    return EdgeColumns(
        source=array[:, 0].copy(),
        target=array[:, 1].copy(),
        value=None if value is None else np.asarray(value, np.float32),
        time=None,
    )


def checkerboard(num_users=24, num_items=24, withheld=()):
    """Even users like even items, odd users odd ones, all of them but the ``withheld`` pairs."""
    return sorted((u, i) for u in range(num_users) for i in range(num_items) if u % 2 == i % 2 and (u, i) not in set(withheld))


def snapshot(pairs=None, num_users=24, num_items=24, num_entities=4):
    """Checkerboard interactions; every item made by the entity of its number modulo 4, stated both ways round."""
    pairs = checkerboard(num_users, num_items) if pairs is None else pairs
    made = [(i, i % num_entities) for i in range(num_items)]
    return Snapshot(
        schema=SCHEMA,
        nodes={
            "User": NodeColumns(ids=np.arange(num_users), columns={"age": np.linspace(20, 60, num_users)}),
            "Item": NodeColumns(
                ids=np.arange(num_items),
                columns={"genres": [["even"] if i % 4 == 0 else [] for i in range(num_items)]},
            ),
            "Entity": NodeColumns(ids=np.arange(num_entities), columns={}),
        },
        edges={
            RATED: edges(pairs, value=[1 + (u + i) % 5 for u, i in sorted(pairs)]),
            ("User", "FRIEND", "User"): edges([(0, 2), (1, 3)]),
            ("Item", "DIRECTED_BY", "Entity"): edges(made),
            ("Entity", "DIRECTOR_OF", "Item"): edges([(e, i) for i, e in made]),
            ("Item", "SEQUEL", "Item"): edges([(0, 2)]),
        },
    )


def two_kinds():
    """Ratings without times, and views without values."""
    base = snapshot(pairs=[(0, 0), (1, 1)])
    views = replace(edges([(0, 2), (2, 0)]), time=np.asarray([70, 80]))
    schema = Schema(nodes=SCHEMA.nodes, edges=(*SCHEMA.edges, SAW))
    return replace(base, schema=schema, edges={**base.edges, SAW.triple: views})


def goods_and_articles():
    """Ratings of items, and articles that were read: two domains of the same users."""
    base = snapshot(pairs=[(0, 0), (1, 1)])
    articles = NodeColumns(ids=np.arange(6), columns={})
    schema = Schema(nodes=(*SCHEMA.nodes, ARTICLE), edges=(*SCHEMA.edges, READ))
    return replace(
        base,
        schema=schema,
        nodes={**base.nodes, "Article": articles},
        edges={**base.edges, READ.triple: edges([(0, 0), (1, 5)])},
    )
