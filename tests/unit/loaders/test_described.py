"""What is known of nodes, as sparse rows."""

from dataclasses import replace

import numpy as np
import pytest

from graph.schema import Feature, FeatureType
from graph.snapshot import NodeColumns
from loaders.described import describe
from loaders.features import FittedFeatures
from tests.small_graphs import snapshot


def rows(graph, label="Item"):
    nodes = graph.nodes[label]
    return describe(graph, label, np.arange(len(nodes.ids)), FittedFeatures.fit(graph).encode(label, nodes)).toarray()


def test_facts_and_features_are_side_by_side_and_what_is_alike_is_near():
    found = rows(snapshot())
    assert found.dtype == np.float32
    assert (np.abs(found).sum(axis=0) > 0).all()  # no column that nothing is in
    near = found @ found.T
    assert near[4, 8] > near[4, 5]  # by the same entity, and of the same genre
    assert near[1, 5] > near[1, 2]  # by the same entity
    facts_of_4 = near[4, 4] - 1  # a genre has length one, and so have the facts
    assert facts_of_4 == pytest.approx(1, abs=1e-5)


def test_a_node_of_which_nothing_is_known_has_an_empty_row():
    graph = snapshot()
    items = graph.nodes["Item"]
    more = replace(items, ids=np.arange(25), columns={"genres": [*items.columns["genres"], []]})
    graph = replace(graph, nodes={**graph.nodes, "Item": more})
    found = rows(graph)
    assert not found[24].any()
    assert found[:24].any(axis=1).all()


def test_numbers_count_as_much_as_one_property_however_many_there_are():
    names = [f"size {number}" for number in range(9)]
    values = np.random.default_rng(0).normal(size=(9, 24))
    base = snapshot()
    kind = base.schema.items[0].model_copy(
        update={"features": tuple(Feature(name=name, type=FeatureType.NUMERIC) for name in names)}
    )
    nodes = tuple(kind if one.label == "Item" else one for one in base.schema.nodes)
    columns = dict(zip(names, values, strict=True))
    graph = replace(
        base,
        schema=base.schema.model_copy(update={"nodes": nodes}),
        nodes={**base.nodes, "Item": NodeColumns(ids=np.arange(24), columns=columns)},
    )
    features = FittedFeatures.fit(graph).encode("Item", graph.nodes["Item"])
    found = describe(graph, "Item", np.arange(24), features).toarray()
    of_numbers = np.square(found).sum(axis=1) - 1  # less the facts
    assert of_numbers.mean() == pytest.approx(np.square(features.dense).sum(axis=1).mean() / features.dense.shape[1], rel=1e-4)


def test_users_are_described_by_what_they_are():
    assert rows(snapshot(), "User").any()


def test_some_rows_are_as_they_are_among_all():
    graph, some = snapshot(), np.array([3, 20, 4])
    features = FittedFeatures.fit(graph).encode("Item", graph.nodes["Item"].of_rows(some))
    found, whole = describe(graph, "Item", some, features).toarray(), rows(graph)
    np.testing.assert_allclose(found @ found.T, whole[some] @ whole[some].T, atol=1e-6)
