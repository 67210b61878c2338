from dataclasses import replace

import numpy as np
import pytest

from loaders.errors import InputError
from loaders.sampling.held_out import hold_out_facts
from loaders.triples import Triples, read_triples, split_triples
from tests.small_graphs import SCHEMA, edges, snapshot


def facts(triples):
    return set(zip(triples.head.tolist(), triples.relation.tolist(), triples.tail.tolist(), strict=True))


def random_facts(seed=0, num_entities=40, num_relations=3, count=400):
    rng = np.random.default_rng(seed)
    found = np.unique(rng.integers(0, [num_entities, num_relations, num_entities], (count, 3)), axis=0)
    return Triples(*found.T.copy(), num_entities, num_relations)


def test_every_fact_is_listed_once_with_its_ends_in_one_entity_space():
    data = snapshot()
    known = read_triples(data)
    assert known.labels == {"Item": slice(0, 24), "Entity": slice(24, 28)}
    assert known.relations == tuple(kind.triple for kind in SCHEMA.knowledge)
    assert known.triples.num_entities == 28
    made = {(item, 0, 24 + item % 4) for item in range(24)}
    assert facts(known.triples) == made | {(tail, 1, head) for head, _, tail in made} | {(0, 2, 2)}


def test_labels_that_no_relation_joins_are_no_entities():
    assert "User" not in read_triples(snapshot()).labels


def test_only_the_rows_asked_for_are_read():
    data = snapshot()
    kept, _ = hold_out_facts(data, 0.4, seed=0)
    everything, some = read_triples(data), read_triples(data, kept)
    assert facts(some.triples) < facts(everything.triples)
    assert len(some.triples) == sum(map(len, kept.values()))
    assert (some.labels, some.relations) == (everything.labels, everything.relations)


def test_a_graph_without_relations_has_no_entities():
    schema = SCHEMA.model_copy(update={"edges": SCHEMA.edges[:2]})
    known = read_triples(replace(snapshot(), schema=schema))
    assert (len(known.triples), known.triples.num_entities, known.labels) == (0, 0, {})


@pytest.mark.parametrize("seed", range(4))
def test_all_facts_between_two_nodes_are_in_one_part_and_each_fact_in_one(seed):
    triples = random_facts(seed)
    split = split_triples(triples, 0.1, 0.2, seed)
    parts = [split.train, split.valid, split.test]
    assert facts(triples) == set().union(*map(facts, parts))
    assert sum(map(len, parts)) == len(triples)
    pairs = [set(part.pairs().tolist()) for part in parts]
    assert not pairs[0] & pairs[1] | pairs[0] & pairs[2] | pairs[1] & pairs[2]
    assert len(pairs[1]) == int(0.1 * len(set(triples.pairs().tolist())))


@pytest.mark.parametrize("seed", range(4))
def test_every_entity_and_relation_with_a_fact_keeps_one_to_learn_from(seed):
    triples = random_facts(seed, num_entities=60, num_relations=30, count=150)
    split = split_triples(triples, 0.1, 0.1, seed)
    assert (split.train.joined() == triples.joined()).all()
    assert set(split.train.relation.tolist()) == set(triples.relation.tolist())


def test_a_split_is_a_function_of_the_seed():
    triples = random_facts()
    one, same, other = (facts(split_triples(triples, seed=seed).test) for seed in (1, 1, 2))
    assert one == same != other


def test_facts_that_cannot_be_spared_are_not_held_out():
    star = Triples(np.arange(1, 9), np.zeros(8, np.int64), np.zeros(8, np.int64), 9, 1)
    with pytest.raises(InputError, match="8 facts between 8 pairs of nodes, of which 0 can be spared"):
        split_triples(star)


@pytest.mark.parametrize(("valid", "test"), [(0, 0.1), (0.1, 0), (0.5, 0.5)])
def test_shares_that_leave_a_part_empty_are_refused(valid, test):
    with pytest.raises(InputError, match="expected both above 0"):
        split_triples(random_facts(), valid, test)


def test_a_fact_from_a_node_to_itself_is_a_pair_like_any_other():
    data = snapshot()
    loops = {**data.edges, ("Item", "SEQUEL", "Item"): edges([(0, 0), (0, 2)])}
    triples = read_triples(replace(data, edges=loops)).triples
    assert facts(triples) >= {(0, 2, 0), (0, 2, 2)}
    assert len(set(triples.pairs().tolist())) == 24 + 2
