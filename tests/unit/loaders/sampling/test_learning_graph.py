import numpy as np
import pytest
import torch

from loaders.sampling import dgl
from loaders.sampling.learning_graph import RELATION, WEIGHT, build_learning_graph
from tests.small_graphs import RATED, SCHEMA, snapshot


def test_every_edge_type_has_a_reverse_that_is_the_same_edges_turned_round():
    data = build_learning_graph(snapshot())
    for etype in data.graph.canonical_etypes:
        source, target = data.graph.edges(etype=etype, order="eid")
        back_source, back_target = data.graph.edges(etype=data.reverse[etype], order="eid")
        assert torch.equal(source, back_target)
        assert torch.equal(target, back_source)
        assert data.reverse[data.reverse[etype]] == etype


def test_what_is_held_out_leaves_no_trace():
    everything = snapshot()
    rows = np.arange(0, len(everything.edges[RATED].source), 2)
    data = build_learning_graph(everything, rows)
    source, target = data.graph.edges(etype=RATED, order="eid")
    assert source.tolist() == everything.edges[RATED].source[rows].tolist()
    assert target.tolist() == everything.edges[RATED].target[rows].tolist()
    degree = data.graph.in_degrees(etype=RATED)
    weight = data.graph.edges[RATED].data[WEIGHT]
    expected = (data.graph.out_degrees(etype=RATED)[source] * degree[target]).float().rsqrt()
    assert np.allclose(weight, expected)


def test_propagation_is_the_normalised_matrix_product():
    data = build_learning_graph(snapshot())
    graph = data.graph
    hidden = torch.randn(graph.num_nodes("User"), 5)
    message = dgl.ops.u_mul_e_sum(graph[RATED], hidden, graph.edges[RATED].data[WEIGHT].unsqueeze(1))
    adjacency = graph.adj_external(etype=RATED, scipy_fmt="csr").astype(np.float32).T
    out_degree, in_degree = adjacency.sum(axis=0).A1, adjacency.sum(axis=1).A1
    expected = (adjacency / np.sqrt(np.outer(in_degree, out_degree).clip(1))) @ hidden.numpy()
    assert np.allclose(message, expected, atol=1e-5)


def test_relations_of_one_pair_of_labels_share_an_edge_type_and_keep_their_number():
    data = build_learning_graph(snapshot())
    assert data.num_relations == len(SCHEMA.knowledge)
    for etype in data.knowledge:
        numbers = data.graph.edges[etype].data[RELATION]
        assert {data.relations[n][::2] for n in numbers.tolist()} == {etype[::2]}
        assert torch.equal(data.graph.edges[data.reverse[etype]].data[RELATION], numbers + data.num_relations)


@pytest.mark.parametrize("label", ["User", "Item", "Entity"])
def test_features_have_a_row_a_node(label):
    data = build_learning_graph(snapshot())
    features = data.features[label]
    assert len(features.dense) == len(features.categories) == data.graph.num_nodes(label)
    assert np.isfinite(features.dense).all()
