from collections import Counter

import numpy as np
import torch

from gnn.encoder import EncoderConfig
from gnn.model import MultiTaskModel, TasksConfig
from gnn.tasks import Link, LinkConfig
from gnn.train import TrainConfig, train
from loaders.sampling import dgl
from loaders.sampling.fact_source import FactSource, UsualTails
from loaders.sampling.held_out import hold_out_facts
from loaders.sampling.joint_sampler import SubgraphSampler
from loaders.sampling.learning_graph import RELATION, build_learning_graph
from tests.small_graphs import snapshot

MADE = ("Item", "knowledge", "Entity")
ENCODER = EncoderConfig(embedding_size=16)
ALONE = TasksConfig(ranking=None, rating=None)


def test_how_usual_a_tail_is_counts_the_facts_of_its_relation_and_never_the_one_that_is_asked_for():
    data = build_learning_graph(snapshot(num_items=10))
    _, tail = data.graph.edges(etype=MADE, order="eid")
    count = Counter(zip(data.graph.edges[MADE].data[RELATION].tolist(), tail.tolist(), strict=True))
    drawn = FactSource(data, MADE, 4, 3, UsualTails(data, MADE)).draw(0, 0, 0, np.random.default_rng(0))
    asked = zip(drawn.relation.tolist(), drawn.target.tolist(), strict=True)
    np.testing.assert_allclose(drawn.usual, [np.log(count[one]) for one in asked], rtol=1e-6)
    table = [[np.log1p(count[r, t]) for t in drawn.pool.tolist()] for r in drawn.relation.tolist()]
    np.testing.assert_allclose(drawn.pool_usual, table, rtol=1e-6)


def test_facts_keep_the_numbers_of_their_nodes_where_a_step_sees_a_part_of_the_graph():
    data = build_learning_graph(snapshot())
    model = MultiTaskModel(
        data, ENCODER, TasksConfig(ranking=None, rating=None, link=LinkConfig(batch_size=8, num_negatives=2))
    )
    for batch in SubgraphSampler(data, model.sources(data), 0, [3, 3]).batches(0):
        nodes = {label: batch.blocks[-1].dstnodes[label].data[dgl.NID].numpy() for label in batch.blocks[-1].dsttypes}
        for facts in batch.examples["link"]:
            head, _, tail = facts.etype
            assert nodes[head][facts.source].tolist() == facts.head_node.tolist()
            assert nodes[tail][facts.target].tolist() == facts.tail_node.tolist()
            assert nodes[tail][facts.pool].tolist() == facts.pool_node.tolist()


def test_the_usual_tail_ranks_first_before_anything_is_learnt():
    whole = snapshot(num_items=120, num_entities=60)
    made = whole.edges["Item", "DIRECTED_BY", "Entity"].target
    made[:100] = 7  # the others are made by twenty others
    kept, held = hold_out_facts(whole, 0.3, seed=1)
    data = build_learning_graph(whole, kept_rows=kept)
    of_usual = held[MADE].where(held[MADE].target == 7)
    assert len(of_usual.source) > 10
    task = Link(LinkConfig(), 16, data)
    noise = torch.manual_seed(0)
    vectors = {label: torch.randn(data.graph.num_nodes(label), 16, generator=noise) for label in data.graph.ntypes}
    assert task.figures(vectors, {MADE: of_usual}, data)["link/mrr"] > 0.8
    with torch.no_grad():
        task.trust.zero_()
    assert task.figures(vectors, {MADE: of_usual}, data)["link/mrr"] < 0.5


def test_what_is_dropped_is_drawn_by_the_step_so_a_run_is_repeated_to_the_bit():
    data = build_learning_graph(snapshot())
    runs = [train(data, ENCODER, ALONE, TrainConfig(epochs=2, metric="link")).model.state_dict() for _ in range(2)]
    assert all(torch.equal(value, runs[1][name]) for name, value in runs[0].items())
