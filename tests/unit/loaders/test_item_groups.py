from dataclasses import replace

from graph.schema import Feature, FeatureType, NodeKind, NodeRole, Schema
from graph.snapshot import NodeColumns
from loaders.item_groups import read_item_groups
from tests.small_graphs import SCHEMA, goods_and_articles, snapshot


def with_items(features, columns):
    base = snapshot(pairs=[(0, 0)])
    kind = NodeKind(label="Item", role=NodeRole.ITEM, features=features)
    nodes = tuple(kind if node.label == "Item" else node for node in SCHEMA.nodes)
    items = NodeColumns(ids=base.nodes["Item"].ids, columns=columns)
    return replace(base, schema=Schema(nodes=nodes, edges=SCHEMA.edges), nodes={**base.nodes, "Item": items})


def test_lists_of_categories_come_before_single_ones():
    shop = Feature(name="shop", type=FeatureType.CATEGORICAL)
    genres = Feature(name="genres", type=FeatureType.MULTI)
    values = {"shop": ["x", "y"] * 12, "genres": [["b", "a"], None, ["a"], []] * 6}
    found = read_item_groups(with_items((shop, genres), values))
    assert found.properties == {"Item": "genres"}
    assert found.shares.toarray()[:4].tolist() == [[1, 1], [0, 0], [1, 0], [0, 0]]
    assert read_item_groups(with_items((shop,), values)).shares.toarray()[:2].tolist() == [[1, 0], [0, 1]]


def test_an_item_kind_without_categories_leaves_none():
    assert read_item_groups(goods_and_articles()) is None
    genres = Feature(name="genres", type=FeatureType.MULTI)
    assert read_item_groups(with_items((genres,), {"genres": [None] * 24})) is None
