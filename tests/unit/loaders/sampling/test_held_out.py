from dataclasses import replace

import numpy as np
import pytest

from loaders.interactions import read_interactions
from loaders.sampling.held_out import held_interactions, hold_out_facts
from loaders.sampling.learning_graph import KNOWLEDGE
from tests.small_graphs import RATED, SAW, SCHEMA, snapshot, two_kinds

RELATIONS = [kind.triple for kind in SCHEMA.knowledge]


def pairs(triple, source, target):
    """Unordered pairs of nodes."""
    return {
        frozenset([(triple[0], s), (triple[2], t)]) for s, t in zip(np.asarray(source).tolist(), target.tolist(), strict=True)
    }


def kept_pairs(data, kept):
    return set().union(*(pairs(t, data.edges[t].source[rows], data.edges[t].target[rows]) for t, rows in kept.items()))


@pytest.mark.parametrize("seed", range(5))
def test_a_held_out_fact_takes_its_inverse_along(seed):
    data = snapshot()
    kept, held = hold_out_facts(data, 0.4, seed)
    out = set().union(*(pairs(etype, edges.source, edges.target) for etype, edges in held.items()))
    assert out
    assert not out & kept_pairs(data, kept)
    made, making = held["Item", KNOWLEDGE, "Entity"], held["Entity", KNOWLEDGE, "Item"]
    assert pairs(RELATIONS[0], made.source, made.target) == pairs(RELATIONS[1], making.source, making.target)


def test_every_fact_is_either_kept_or_held_out():
    data = snapshot()
    kept, held = hold_out_facts(data, 0.3, seed=1)
    num_held = sum(len(edges.source) for edges in held.values())
    assert num_held + sum(map(len, kept.values())) == sum(len(data.edges[triple].source) for triple in RELATIONS)
    assert set(kept) == set(RELATIONS)


def test_a_held_out_fact_keeps_its_relation():
    data = snapshot()
    _, held = hold_out_facts(data, 0.5, seed=0)
    for etype, edges in held.items():
        for source, target, number in zip(edges.source, edges.target, edges.relation, strict=True):
            triple = RELATIONS[number]
            assert triple[::2] == etype[::2]
            of_kind = data.edges[triple]
            assert ((of_kind.source == source) & (of_kind.target == target)).sum() == 1


def test_the_share_and_the_bound_count_pairs_of_nodes():
    data = snapshot()
    num_pairs = 24 + 1  # items and who made them, whichever way round; and one sequel
    for share, at_most, expected in ((0.2, 1000, int(num_pairs * 0.2)), (1.0, 7, 7), (0.0, 1000, 0)):
        kept, _ = hold_out_facts(data, share, seed=0, at_most=at_most)
        assert num_pairs - len(kept_pairs(data, kept)) == expected


def test_what_is_held_out_is_a_function_of_the_seed():
    data = snapshot()
    rows = [{t: r.tolist() for t, r in hold_out_facts(data, 0.3, seed)[0].items()} for seed in (1, 1, 2)]
    assert rows[0] == rows[1] != rows[2]


def test_a_graph_without_facts_holds_none_out():
    data = snapshot()
    schema = SCHEMA.model_copy(update={"edges": tuple(kind for kind in SCHEMA.edges if kind.triple not in RELATIONS)})
    assert hold_out_facts(replace(data, schema=schema), 0.5, seed=0) == ({}, {})


def test_held_interactions_carry_their_values():
    data = snapshot()
    rows = np.asarray([3, 5, 200])
    held = held_interactions(data, rows)[RATED]
    log = read_interactions(data)
    assert held.source.tolist() == log.user_index[rows].tolist()
    assert held.target.tolist() == log.item_index[rows].tolist()
    assert held.value.tolist() == log.value[rows].tolist()


def test_held_interactions_are_found_by_their_row_among_all_kinds():
    data = two_kinds()
    held = held_interactions(data, np.asarray([1, 2]))
    assert (held[RATED].source.tolist(), held[RATED].target.tolist()) == ([1], [1])
    assert (held[SAW.triple].source.tolist(), held[SAW.triple].target.tolist()) == ([0], [2])
    assert held[SAW.triple].value is None
