"""What relationships brought to a score: it adds up, it is what plain arithmetic gives, and without them the encoder agrees."""

import networkx
import numpy as np
import pytest
import torch

from gnn.attribution import Propagation, attribute, choose_paths, find_paths, measure_faithfulness
from gnn.attribution.paths import NONE
from gnn.encoder import EncoderConfig
from gnn.model import MultiTaskModel, TasksConfig
from gnn.train import TrainConfig, recall, train
from loaders.sampling.learning_graph import build_learning_graph
from tests.small_graphs import checkerboard, snapshot

ALONE = 23  # a user without interactions, and an item that nobody took


def model_of(num_layers=2, seed=0, pairs=None, size=8):
    """A model of random weights and gates, and its graph: many kinds of relationships, a pair that is joined by two facts."""
    drawn = np.random.default_rng(seed).integers(0, ALONE, (90, 2)).tolist()
    data = build_learning_graph(snapshot(sorted(set(map(tuple, drawn))) if pairs is None else pairs))
    torch.manual_seed(seed)
    model = MultiTaskModel(data, EncoderConfig(embedding_size=size, num_layers=num_layers), TasksConfig())
    with torch.no_grad():
        for gate in model.encoder.gates.values():
            gate.normal_(1, 0.5)
        model.encoder.relation_gate.normal_(1, 0.5)
    return model, data


def places(steps, user, item):
    return steps.begins["User"] + user, steps.begins["Item"] + item


def score_of(steps, user, item, scale):
    """The score with each relationship's weight times ``scale``, float64[R], by dense matrices: the reference."""
    layers = [steps.layers[0].astype(np.float64)]
    for weights in steps.weights:
        matrix = np.zeros((steps.num_nodes, steps.num_nodes))
        np.add.at(matrix, (steps.target, steps.source), weights * scale[steps.relationship])
        layers.append(matrix @ layers[-1])
    one, other = sum(layers)[[user, item]]
    return one @ other / np.linalg.norm(one) / np.linalg.norm(other)


@pytest.mark.parametrize("num_layers", [1, 2, 3])
def test_the_score_is_that_of_the_model_and_the_sum_of_what_made_it(num_layers):
    model, data = model_of(num_layers)
    steps = Propagation.of(model, data)
    wanted = model.scorer(data, model.shared_vectors(data)).score(np.arange(24))
    for user in (0, 3, 7):
        for item in (0, 1, 8):
            made = attribute(steps, *places(steps, user, item))
            assert made.score == pytest.approx(float(wanted[user, item]), abs=1e-5)
            assert made.own + made.relationships.sum() == pytest.approx(made.score, abs=2e-6)


@pytest.mark.parametrize("num_layers", [1, 2, 3])
def test_what_a_relationship_brought_is_its_gradient_summed_up_along_the_scale(num_layers):
    model, data = model_of(num_layers)
    steps = Propagation.of(model, data)
    user, item = places(steps, 3, 8)
    made = attribute(steps, user, item)
    one = np.ones(len(steps.kind))
    points, weights = np.polynomial.legendre.leggauss(40)
    near = 1e-5
    for relationship in np.argsort(-np.abs(made.relationships))[:6]:
        step = np.zeros(len(one))
        step[relationship] = near
        gradients = [
            (score_of(steps, user, item, scale * one + step) - score_of(steps, user, item, scale * one - step)) / (2 * near)
            for scale in (points + 1) / 2
        ]
        assert made.relationships[relationship] == pytest.approx(weights @ gradients / 2, abs=1e-5)


def test_what_is_far_from_both_brought_nothing():
    model, data = model_of(num_layers=1)
    steps = Propagation.of(model, data)
    user, item = places(steps, 3, 8)
    far = np.setdiff1d(np.arange(len(steps.kind)), steps.relationships_of(np.array([user, item])))
    assert len(far)
    assert not attribute(steps, user, item).relationships[far].any()


def test_a_score_without_relationships_is_the_encoders_with_these_edges_hidden():
    model, data = model_of()
    steps = Propagation.of(model, data)
    out = {etype: torch.arange(0, data.graph.num_edges(etype), 3) for etype in steps.places}
    hidden = {one: edges for etype, edges in out.items() for one in (etype, data.reverse[etype])}
    with torch.no_grad():
        vectors = model.encoder.all_nodes(data.graph, hidden)
    without = np.concatenate([steps.places[etype] + edges.numpy() for etype, edges in out.items()])
    for user, item in ((0, 0), (3, 8), (7, 1)):
        ends = places(steps, user, item)
        np.testing.assert_allclose(steps.vector(ends[0], without), vectors["User"][user], rtol=1e-4, atol=1e-6)
        wanted = torch.cosine_similarity(vectors["User"][user], vectors["Item"][item], dim=0)
        assert steps.score(*ends, without) == pytest.approx(float(wanted), abs=1e-5)


def test_of_a_pair_of_which_one_is_not_known_nothing_is_told():
    model, data = model_of()
    steps = Propagation.of(model, data)
    steps.is_known[steps.begins["User"] + ALONE] = False
    made = attribute(steps, *places(steps, ALONE, 3))
    assert (made.score, made.own, made.relationships.any()) == (0.0, 0.0, False)


@pytest.mark.parametrize("pair", [(0, 0), (3, 8), (7, 1), (ALONE, 5)])
def test_all_paths_of_one_to_three_relationships_are_found_once_the_shorter_first(pair):
    model, data = model_of()
    steps = Propagation.of(model, data)
    user, item = places(steps, *pair)
    joined = networkx.MultiGraph()
    joined.add_nodes_from(range(steps.num_nodes))
    for place, number in zip(*np.unique(steps.relationship, return_index=True), strict=True):
        joined.add_edge(int(steps.source[number]), int(steps.target[number]), key=int(place))
    found = find_paths(steps, user, item, np.zeros(len(steps.kind)))
    wanted = {tuple(key for _, _, key in path) for path in networkx.all_simple_edge_paths(joined, user, item, cutoff=3)}
    told = [tuple(number for number in path if number != NONE) for path in found.relationships.tolist()]
    assert len(told) == len(set(told))
    assert set(told) == wanted
    assert [len(path) for path in told] == sorted(len(path) for path in told)


def test_paths_are_chosen_by_falling_share_and_each_relationship_counts_once():
    model, data = model_of()
    steps = Propagation.of(model, data)
    user, item = places(steps, 3, 8)
    brought = np.random.default_rng(0).normal(0.2, 1, len(steps.kind))
    chosen = choose_paths(find_paths(steps, user, item, brought), brought, 6)
    shares = [path.brought for path in chosen]
    assert 2 < len(chosen) <= 6
    assert shares == sorted(shares, reverse=True)
    assert shares[-1] > 0
    covered = {number for path in chosen for number in path.relationships}
    assert sum(shares) == pytest.approx(brought[list(covered)].sum())
    for path in chosen:
        assert (path.nodes[0], path.nodes[-1]) == (user, item)
        assert len(path.between) == len(path.relationships) - 1
        for number, ends in zip(path.relationships, zip(path.nodes, path.nodes[1:], strict=False), strict=True):
            edge = np.flatnonzero(steps.relationship == number)[0]
            assert {int(steps.source[edge]), int(steps.target[edge])} == set(ends)
    assert [path.relationships for path in choose_paths(find_paths(steps, user, item, brought), brought, 2)] == [
        path.relationships for path in chosen[:2]
    ]


def test_two_that_nothing_joins_have_no_path():
    model, data = model_of(pairs=[(0, 0), (1, 1)])
    steps = Propagation.of(model, data)
    user, item = places(steps, ALONE, 3)
    brought = attribute(steps, user, item).relationships
    paths = find_paths(steps, user, item, brought)
    assert len(paths) == 0
    assert choose_paths(paths, brought, 5) == []


def test_leaving_out_what_brought_most_makes_the_score_fall_further_than_as_much_at_random():
    data = build_learning_graph(snapshot(checkerboard(withheld={(0, 2)})))
    trained = train(data, EncoderConfig(embedding_size=8), TasksConfig(), TrainConfig(epochs=4))
    steps = Propagation.of(trained.model, data)
    user, item = places(steps, 0, 2)
    brought = attribute(steps, user, item).relationships
    paths = choose_paths(find_paths(steps, user, item, brought), brought, 4)
    found = measure_faithfulness(steps, user, item, np.unique([n for path in paths for n in path.relationships]))
    assert found.drop > 0
    assert found.drop > found.drop_random
    none = measure_faithfulness(steps, user, item, np.zeros(0, np.int64))
    assert (none.drop, none.drop_random) == (0.0, 0.0)


def test_what_is_drawn_at_random_is_of_the_same_types_at_the_same_places():
    model, data = model_of()
    steps = Propagation.of(model, data)
    user, item = places(steps, 3, 8)
    everything = steps.relationships_of(np.array([user, item]))  # so there is nothing else to draw
    found = measure_faithfulness(steps, user, item, everything)
    assert found.drop_random == pytest.approx(found.drop)


def test_a_finished_training_is_recalled_and_none_of_another_graph(tmp_path):
    data = build_learning_graph(snapshot())
    told = EncoderConfig(embedding_size=8), TasksConfig(), TrainConfig(epochs=2)
    assert recall(data, *told, folder=tmp_path) is None
    trained = train(data, *told, folder=tmp_path)
    recalled = recall(data, *told, folder=tmp_path)
    assert recalled is not None
    assert (recalled.best_epoch, recalled.resumed_at) == (trained.best_epoch, 2)
    np.testing.assert_array_equal(recalled.scorer().users, trained.scorer().users)
    assert recall(build_learning_graph(snapshot([(0, 0)])), *told, folder=tmp_path) is None
    assert recall(data, *told, folder=tmp_path, epochs=1) is None
