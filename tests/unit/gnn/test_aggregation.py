"""DGL's sums of messages, and their gradients, against plain torch under the torch that is installed."""

import numpy as np
import pytest
import torch

from gnn.encoder import EncoderConfig, HeteroEncoder, gate_name, weighted_sum
from graph.schema import EdgeKind, EdgeRole, Schema
from graph.snapshot import NodeColumns, Snapshot
from loaders.sampling import dgl
from loaders.sampling.learning_graph import RELATION, WEIGHT, build_learning_graph
from tests.small_graphs import RATED, SAW, SCHEMA, edges

FRIEND, SEQUEL = ("User", "FRIEND", "User"), ("Item", "SEQUEL", "Item")
EXACT = {"rtol": 1e-4, "atol": 1e-6}  # float32 sums in another order
SCHEMA_OF_TWO = Schema(
    nodes=SCHEMA.nodes,
    edges=(*SCHEMA.edges, SAW, EdgeKind(source="Item", type="SET_IN", target="Entity", role=EdgeRole.KNOWLEDGE)),
)


def added_up(source, target, weight, vectors, num_targets):
    """Sum messages by index_add, the reference."""
    return vectors.new_zeros(num_targets, vectors.shape[1]).index_add(0, target, weight.unsqueeze(1) * vectors[source])


def gradients(value, inputs, seed=0):
    """Return what a fixed random functional of ``value`` gives each input."""
    generator = torch.Generator().manual_seed(seed)
    total = sum((part * torch.randn(part.shape, generator=generator)).sum() for part in value)
    return torch.autograd.grad(total, inputs, allow_unused=True, materialize_grads=True)


@pytest.mark.parametrize(
    ("num_sources", "num_targets", "ends"),
    [
        (3, 2, [(0, 0), (1, 0), (2, 1)]),
        (3, 2, [(0, 1), (0, 1), (0, 1)]),  # one edge thrice, and nodes without any
        (4, 5, []),
        (1, 1, [(0, 0)]),
        (400, 300, "random"),  # enough for several threads
    ],
    ids=["plain", "repeated", "empty", "one", "many"],
)
@pytest.mark.parametrize("size", [1, 19, 128])
def test_a_weighted_sum_of_neighbours_and_its_gradients_are_those_of_plain_torch(num_sources, num_targets, ends, size):
    rng = np.random.default_rng(0)
    if ends == "random":
        ends = np.stack([rng.integers(0, num_sources, 20_000), rng.integers(0, num_targets // 2, 20_000)], axis=1)
    source, target = torch.from_numpy(np.asarray(ends, np.int64).reshape(-1, 2).T.copy())
    graph = dgl.heterograph({("a", "to", "b"): (source, target)}, num_nodes_dict={"a": num_sources, "b": num_targets})
    vectors = torch.from_numpy(rng.normal(size=(num_sources, size)).astype(np.float32)).requires_grad_()
    weight = torch.from_numpy(rng.normal(size=len(source)).astype(np.float32)).requires_grad_()
    wanted = added_up(source, target, weight, vectors, num_targets)
    if not len(source):
        assert not wanted.any()  # the encoder passes empty edge types by
        return
    found = weighted_sum(graph["to"], vectors, weight)
    torch.testing.assert_close(found, wanted, rtol=1e-4, atol=1e-4)
    for one, other in zip(gradients([found], [vectors, weight]), gradients([wanted], [vectors, weight]), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-4)


def learning_graph(seed=0, num_users=30, num_items=20, num_entities=9):
    """Many kinds of edges, drawn with repeats; an empty kind; of each label some nodes that nothing reaches."""
    rng = np.random.default_rng(seed)

    def drawn(number, num_sources, num_targets, **columns):
        pairs = list(zip(rng.integers(0, num_sources - 3, number), rng.integers(0, num_targets - 3, number), strict=True))
        return edges(pairs, **columns)

    return build_learning_graph(
        Snapshot(
            schema=SCHEMA_OF_TWO,
            nodes={
                "User": NodeColumns(ids=np.arange(num_users), columns={"age": rng.uniform(20, 60, num_users)}),
                "Item": NodeColumns(
                    ids=np.arange(num_items),
                    columns={"genres": [["drama", "war"][: rng.integers(3)] for _ in range(num_items)]},
                ),
                "Entity": NodeColumns(ids=np.arange(num_entities), columns={}),
            },
            edges={
                RATED: drawn(200, num_users, num_items, value=rng.integers(1, 6, 200)),
                SAW.triple: drawn(90, num_users, num_items),
                FRIEND: drawn(40, num_users, num_users),
                ("Item", "DIRECTED_BY", "Entity"): drawn(25, num_items, num_entities),
                ("Item", "SET_IN", "Entity"): drawn(25, num_items, num_entities),
                ("Entity", "DIRECTOR_OF", "Item"): drawn(25, num_entities, num_items),
                SEQUEL: edges([]),
            },
        )
    )


def encoder_of(data, num_layers=3):
    torch.manual_seed(0)
    encoder = HeteroEncoder(data, EncoderConfig(embedding_size=16, num_layers=num_layers, init_scale=1.0))
    with torch.no_grad():
        for gate in (*encoder.gates.values(), encoder.relation_gate):
            gate.copy_(torch.randn_like(gate))  # each its own, some below zero
    return encoder


def propagated(encoder, graph, hidden=None):
    """Return what the encoder's pseudo-code says, in plain torch."""
    vectors = {label: encoder.inputs[label](None) for label in graph.ntypes}
    layers = [vectors]
    for layer in range(encoder.config.num_layers):
        result = {label: torch.zeros_like(value) for label, value in vectors.items()}
        for etype in graph.canonical_etypes:
            source, target = graph.edges(etype=etype, order="eid")
            data = graph.edges[etype].data
            weight = data[WEIGHT] * (encoder.relation_gate[data[RELATION]] if RELATION in data else 1.0)
            kept = torch.ones(len(source), dtype=torch.bool)
            if hidden and etype in hidden:
                kept[hidden[etype]] = False
            message = added_up(source[kept], target[kept], weight[kept], vectors[etype[0]], graph.num_nodes(etype[2]))
            result[etype[2]] = result[etype[2]] + encoder.gates[gate_name(etype)][layer] * message
        vectors = result
        layers.append(vectors)
    return {label: sum(layer[label] for layer in layers) / len(layers) for label in vectors}


def assert_same(encoder, found, wanted):
    labels = sorted(wanted)
    parameters = list(encoder.parameters())
    for label in labels:
        torch.testing.assert_close(found[label], wanted[label], **EXACT)
    ours, reference = (gradients([value[label] for label in labels], parameters) for value in (found, wanted))
    assert sum(bool(part.any()) for part in reference) >= len(reference) - 2  # all but the gates of the empty kind
    for one, other in zip(ours, reference, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-5)


def test_the_encoder_and_its_gradients_are_those_of_plain_torch():
    data = learning_graph()
    encoder = encoder_of(data)
    assert_same(encoder, encoder.all_nodes(data.graph), propagated(encoder, data.graph))


def test_edges_that_are_hidden_carry_no_message_and_no_gradient():
    data = learning_graph()
    encoder = encoder_of(data)
    hidden = {
        RATED: torch.tensor([0, 3, 150]),
        ("Item", "knowledge", "Entity"): torch.arange(10),
        FRIEND: torch.tensor([], dtype=torch.int64),
    }
    assert_same(encoder, encoder.all_nodes(data.graph, hidden), propagated(encoder, data.graph, hidden))


def test_blocks_of_all_neighbours_give_the_vectors_and_gradients_of_plain_torch():
    data = learning_graph()
    encoder = encoder_of(data)
    seeds = {label: torch.arange(0, data.graph.num_nodes(label), 2) for label in data.graph.ntypes}
    _, _, blocks = dgl.dataloading.NeighborSampler([-1] * encoder.config.num_layers).sample_blocks(data.graph, seeds)
    wanted = {label: vectors[seeds[label]] for label, vectors in propagated(encoder, data.graph).items()}
    assert_same(encoder, encoder(blocks), wanted)


def test_nodes_that_nothing_reaches_keep_their_share_of_what_they_began_with():
    data = learning_graph()
    encoder = encoder_of(data)
    vectors = encoder.all_nodes(data.graph)
    for label in data.graph.ntypes:
        began = encoder.inputs[label](None)
        torch.testing.assert_close(vectors[label][-3:], began[-3:] / (encoder.config.num_layers + 1), **EXACT)
