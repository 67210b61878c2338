import numpy as np
import pytest
import torch

from gnn.model import TasksConfig
from loaders.sampling import dgl
from loaders.sampling.edge_source import EdgeSource
from loaders.sampling.joint_sampler import LEAST_STEPS, SubgraphSampler, WholeGraph
from loaders.sampling.learning_graph import WEIGHT, build_learning_graph
from tests.small_graphs import RATED, goods_and_articles, snapshot


def make(fanout=3, seed=0, batch_size=16, num_negatives=8):
    data = build_learning_graph(snapshot())
    sources = {
        "rating": [EdgeSource(data, RATED, batch_size, num_negatives)],
        "link": [EdgeSource(data, etype, 4, 2, is_hidden=True) for etype in data.knowledge],
    }
    return data, SubgraphSampler(data, sources, seed, [fanout, fanout])


def global_ends(block, etype):
    source, target = block.edges(etype=etype)
    return (
        block.srcnodes[etype[0]].data[dgl.NID][source].tolist(),
        block.dstnodes[etype[2]].data[dgl.NID][target].tolist(),
    )


@pytest.mark.parametrize("fanout", [3, -1])
def test_no_hidden_edge_nor_any_twin_of_it_is_in_the_sampled_blocks(fanout):
    _, sampler = make(fanout)
    for batch in sampler.batches(0):
        nodes = {label: batch.blocks[-1].dstnodes[label].data[dgl.NID].numpy() for label in batch.blocks[-1].dsttypes}
        predicted = set()
        for examples in batch.examples["link"]:
            ends = zip(
                nodes[examples.etype[0]][examples.source],
                nodes[examples.etype[2]][examples.target],
                strict=True,
            )
            predicted |= {frozenset([(examples.etype[0], s), (examples.etype[2], t)]) for s, t in ends}
        assert predicted
        for block in batch.blocks:
            for etype in block.canonical_etypes:
                ends = zip(*global_ends(block, etype), strict=True)
                present = {frozenset([(etype[0], s), (etype[2], t)]) for s, t in ends}
                assert not predicted & present, etype


def test_every_interaction_is_an_example_once_an_epoch():
    data, sampler = make()
    for epoch in range(2):
        drawn = [e.edge_ids for batch in sampler.batches(epoch) for e in batch.examples["rating"]]
        assert sorted(np.concatenate(drawn)) == list(range(data.graph.num_edges(RATED)))


def test_examples_point_at_the_rows_of_the_nodes_they_name():
    data, sampler = make()
    source, target = (ends.numpy() for ends in data.graph.edges(etype=RATED, order="eid"))
    for batch in sampler.batches(0):
        (examples,) = batch.examples["rating"]
        last = batch.blocks[-1]
        assert (last.dstnodes["User"].data[dgl.NID].numpy()[examples.source] == source[examples.edge_ids]).all()
        assert (last.dstnodes["Item"].data[dgl.NID].numpy()[examples.target] == target[examples.edge_ids]).all()
        assert len(set(examples.pool)) == len(examples.pool)


def test_negatives_are_items_of_the_domain_of_the_item_that_was_chosen():
    data = build_learning_graph(goods_and_articles())
    sources = TasksConfig().build(data, 8)[0].sources(data)
    assert [(source.etype[2], source.num_targets) for source in sources] == [("Item", 24), ("Article", 6)]
    for batch in SubgraphSampler(data, {"ranking": sources}, 0, [3, 3]).batches(0):
        for examples in batch.examples["ranking"]:
            nodes = batch.blocks[-1].dstnodes[examples.etype[2]].data[dgl.NID]
            assert nodes[torch.from_numpy(examples.pool)].tolist() == list(range(data.graph.num_nodes(examples.etype[2])))


def fingerprint(batch):
    parts = [batch.blocks[0].srcnodes[label].data[dgl.NID].tolist() for label in batch.blocks[0].srctypes]
    parts += [
        block.edges[etype].data[dgl.EID].tolist()
        for block in batch.blocks
        for etype in block.canonical_etypes
        if block.num_edges(etype)
    ]
    parts += [e.pool.tolist() + e.edge_ids.tolist() for of_task in batch.examples.values() for e in of_task]
    return parts


def test_the_number_of_workers_changes_nothing():
    _, sampler = make()
    alone = [fingerprint(batch) for batch in sampler.batches(1, num_workers=0)]
    for workers in (1, 2):
        assert [fingerprint(batch) for batch in sampler.batches(1, num_workers=workers)] == alone


def test_another_seed_or_epoch_gives_other_batches():
    _, sampler = make()
    first = [fingerprint(batch) for batch in sampler.batches(0)]
    assert [fingerprint(batch) for batch in sampler.batches(1)] != first
    _, other = make(seed=1)
    assert [fingerprint(batch) for batch in other.batches(0)] != first


def test_over_the_whole_graph_the_same_is_drawn_and_the_same_hidden():
    data, sampler = make(fanout=-1)
    whole = WholeGraph(data, sampler.sources, 0)
    assert len(whole) == len(sampler) >= LEAST_STEPS
    for one, other in zip(whole.batches(1), sampler.batches(1), strict=True):
        assert one.blocks is None
        assert [e.edge_ids.tolist() for e in one.examples["link"]] == [e.edge_ids.tolist() for e in other.examples["link"]]
        assert {etype: sorted(ids.tolist()) for etype, ids in one.hidden.items()} == {
            etype: sorted(ids.tolist()) for etype, ids in other.hidden.items()
        }
        assert sum(map(len, one.hidden.values()))


def test_sampled_sums_are_unbiased():
    data, sampler = make(fanout=2)
    etype = data.reverse[RATED]
    seeds = {"User": torch.arange(data.graph.num_nodes("User"))}
    full = dgl.ops.u_mul_e_sum(data.graph[etype], torch.ones(24, 1), data.graph.edges[etype].data[WEIGHT].unsqueeze(1))
    mean = torch.zeros_like(full)
    draws = 200
    for number in range(draws):
        block = sampler._sample(seeds, {}, np.random.default_rng(number))[-1]
        mean += dgl.ops.u_mul_e_sum(
            block[etype],
            torch.ones(block.num_src_nodes("Item"), 1),
            block.edges[etype].data[WEIGHT].unsqueeze(1),
        )
    assert torch.allclose(mean / draws, full, rtol=1e-4)  # all weights are equal on the checkerboard: exact every time
