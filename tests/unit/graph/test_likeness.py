"""Diversity is maximal marginal relevance, as its formula says, and costs no order where it is 0."""

import numpy as np
import pytest

from graph.answers import ScoredItem
from graph.likeness import Marginal
from graph.rules import BoundRule, Rule
from graph.selection import Candidate, Taste, select
from tests.small_releases import by_mmr


def candidates(vectors, scores, of_rules=()):
    return [
        Candidate(ScoredItem(place, None, float(score)), of_rules, vector)
        for place, (score, vector) in enumerate(zip(scores, vectors, strict=True))
    ]


@pytest.mark.parametrize("diversity", [0.0, 0.1, 0.5, 0.9, 1.0])
@pytest.mark.parametrize("seed", range(5))
def test_the_items_are_those_of_the_formula(seed, diversity):
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(60, 5)).astype(np.float32)
    scores = np.sort(rng.normal(size=60))[::-1]
    chosen = select(candidates(vectors, scores), 12, (), taste=Taste(diversity))
    assert [item.id for item in chosen.items] == by_mmr(vectors.astype(np.float64), scores, 12, diversity)
    if diversity == 0:
        assert [item.id for item in chosen.items] == list(range(12))


def test_a_copy_of_what_was_taken_waits_for_others():
    vectors = np.array([[1, 0], [2, 0], [0, 1]], np.float32)
    chosen = select(candidates(vectors, [3.0, 2.9, 1.0]), 3, (), taste=Taste(0.7))
    assert [item.id for item in chosen.items] == [0, 2, 1]


def test_zeros_are_like_nothing_and_equal_scores_keep_their_order():
    vectors = np.zeros((4, 3), np.float32)
    chosen = select(candidates(vectors, [1.0] * 4), 4, (), taste=Taste(0.5))
    assert [item.id for item in chosen.items] == [0, 1, 2, 3]
    assert Marginal(vectors, [1.0] * 4, 1.0).best([2, 3]) == 2


def test_caps_hold_and_what_they_keep_out_is_no_likeness():
    vectors = np.eye(4, dtype=np.float32)[[0, 0, 1, 2]]
    rule = BoundRule(Rule(name="one", cap=1, by="kind"))
    pool = [
        Candidate(one.item, ((kind,),), one.vector)
        for one, kind in zip(candidates(vectors, [4.0, 3.0, 2.0, 1.0]), "abab", strict=True)
    ]
    chosen = select(pool, 4, (rule,), taste=Taste(0.5))
    assert [item.id for item in chosen.items] == [0, 3]
    assert {one.id for one in chosen.left_out} == {1, 2}
