"""An estimate rests on a graph of the same shape, and grows with the graph as what it was measured on did."""

import json
from dataclasses import replace

import pytest
from neo4j.time import Date

from gnn.cost import TrainingCost
from hopline.config import Config
from hopline.estimate.estimate import MOST_EDGES, MOST_NODES, extrapolate, fits_whole, share_to_measure
from hopline.estimate.made_up import made_up_snapshot
from hopline.estimate.probe import Cost
from hopline.estimate.shape import KEPT_WHOLE, GraphShape
from loaders.features import FittedFeatures
from loaders.sampling.joint_sampler import LEAST_STEPS
from loaders.sampling.learning_graph import build_learning_graph
from tests.small_graphs import RATED, SCHEMA

SHAPE = GraphShape(
    SCHEMA,
    {"User": 5000, "Item": 2000, "Entity": 10},
    {kind.triple: 10_000 if kind.triple == RATED else 50 for kind in SCHEMA.edges},
    {
        "User": {"id": ["u1", "u22"], "age": [20, None, 40.5]},
        "Item": {"id": [7], "genres": [["a", "b"], []]},
        "Entity": {"id": [Date(2024, 1, 2)]},
    },
)
TRAINING = TrainingCost(
    is_whole=False, num_batches=5, num_parameters=1000, compute_s=0.1, update_s=0.01, propagate_s=0.5, score_s=1e-8, save_s=0.1
)


def cost(share):
    return Cost(
        num_nodes=sum(SHAPE.scaled(share).num_nodes.values()),
        peak_bytes=int(300e6 + 1000e6 * share),
        prepare_s=share,
        embed_s=0.0,
        validate=replace(TRAINING, is_whole=False, num_batches=round(100 * share)),
        refit=replace(TRAINING, is_whole=False, num_batches=round(110 * share)),
        valid_users=10,
        test_users=10,
    )


def test_a_made_up_graph_has_the_counts_and_the_kinds_of_properties():
    snapshot = made_up_snapshot(SHAPE)
    assert {label: len(columns.ids) for label, columns in snapshot.nodes.items()} == SHAPE.num_nodes
    assert {triple: len(columns.source) for triple, columns in snapshot.edges.items()} == SHAPE.num_edges
    assert (snapshot.edges[RATED].source[1:] >= snapshot.edges[RATED].source[:-1]).all()
    assert snapshot.edges[RATED].source.max() < 5000
    assert snapshot.nodes["User"].ids.dtype.kind == "U"
    assert snapshot.nodes["Item"].ids.dtype.kind == "i"
    inputs = FittedFeatures.fit(snapshot).encode_all(snapshot)
    assert inputs["User"].dense.shape == (5000, 2)
    assert build_learning_graph(snapshot, features=inputs).graph.num_edges(RATED) == 10_000


def test_a_shape_is_read_back_as_it_was_written():
    assert GraphShape.from_json(json.loads(json.dumps(SHAPE.to_json()))) == SHAPE


def test_a_smaller_shape_keeps_labels_of_few_nodes():
    small = SHAPE.scaled(0.1)
    assert small.num_nodes == {"User": KEPT_WHOLE, "Item": KEPT_WHOLE, "Entity": 10}
    assert small.num_edges[RATED] == 1000
    assert SHAPE.scaled(1.0) == SHAPE
    assert share_to_measure(SHAPE) == 1
    large = replace(SHAPE, num_edges={**SHAPE.num_edges, RATED: 10 * MOST_EDGES})
    assert sum(large.scaled(share_to_measure(large)).num_edges.values()) <= MOST_EDGES
    many = replace(SHAPE, num_nodes={**SHAPE.num_nodes, "Entity": 4 * MOST_NODES})
    assert share_to_measure(many) == pytest.approx(0.25, rel=0.1)


def test_what_was_measured_whole_is_taken_as_it_is():
    found = extrapolate(SHAPE, Config(), [(1.0, SHAPE, cost(1.0))])
    assert found.memory_bytes == 1_300_000_000
    assert found.epoch_s == pytest.approx(100 * 0.11 + 0.1)
    epochs = Config().train.epochs
    assert found.train_s > epochs * (found.epoch_s + 110 * 0.11)
    assert found.measured_share == 1


def test_what_grows_with_the_graph_is_carried_over_and_what_does_not_is_not():
    whole = extrapolate(SHAPE, Config(), [(1.0, SHAPE, cost(1.0))])
    part = extrapolate(SHAPE, Config(), [(share, SHAPE.scaled(share), cost(share)) for share in (0.25, 0.5)])
    assert part.memory_bytes == pytest.approx(whole.memory_bytes)
    assert part.epoch_s > whole.epoch_s  # the update of a part was as slow as that of the whole
    assert part.epoch_s == pytest.approx(100 * (0.1 + 0.01 * 7010 / cost(0.5).num_nodes) + 0.1 * 7010 / cost(0.5).num_nodes)
    assert (part.cache_bytes, part.release_bytes) == (whole.cache_bytes, whole.release_bytes)


def test_a_step_on_the_whole_graph_grows_with_it_and_an_epoch_has_no_more_of_them():
    def whole(share):
        of_share = cost(share)
        parts = {"validate": of_share.validate, "refit": of_share.refit}
        return replace(of_share, **{name: replace(part, is_whole=True, num_batches=1) for name, part in parts.items()})

    part = extrapolate(SHAPE, Config(), [(share, SHAPE.scaled(share), whole(share)) for share in (0.25, 0.5)])
    by_nodes = 7010 / whole(0.5).num_nodes
    assert part.epoch_s == pytest.approx(LEAST_STEPS * (2 * 0.1 + 0.01 * by_nodes) + 0.1 * by_nodes)


def test_a_graph_that_fits_is_trained_on_as_a_whole():
    assert fits_whole(SHAPE, Config())
    assert not fits_whole(SHAPE, Config().changed({"train": {"whole_graph_gib": 0.001}}))
    assert not fits_whole(replace(SHAPE, num_nodes={**SHAPE.num_nodes, "Item": 10_000_000}), Config())


def test_twice_the_relationships_take_twice_the_room_of_them():
    more = replace(SHAPE, num_edges={triple: 2 * number for triple, number in SHAPE.num_edges.items()})
    base = extrapolate(SHAPE, Config(), [(1.0, SHAPE, cost(1.0))])
    edges = 10_000 * 29 + 200 * 24  # three ids, and a value with its flag
    assert extrapolate(more, Config(), [(1.0, more, cost(1.0))]).cache_bytes - base.cache_bytes == edges
