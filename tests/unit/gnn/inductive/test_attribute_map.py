"""Vectors of items that nobody has met, by what is known of them."""

import numpy as np
import pytest
from scipy import sparse

from gnn.inductive.attribute_map import PENALTIES, AttributeMap

TRUE = np.random.default_rng(0).normal(size=(6, 4)).astype(np.float32)


def items(number, noise=0.0, seed=1):
    """Items with some of six attributes each, whose vectors are sums of what the attributes say, about a mean of 3."""
    rng = np.random.default_rng(seed)
    attributes = (rng.random((number, 6)) < 0.4).astype(np.float32)
    vectors = 3 + attributes @ TRUE + noise * rng.normal(size=(number, 4))
    return sparse.csr_array(attributes), vectors.astype(np.float32)


def test_what_attributes_say_is_learnt_from_those_that_were_met():
    attributes, vectors = items(2000)
    learnt = AttributeMap.learn(attributes, np.full(2000, 50), vectors)
    assert learnt.penalty < PENALTIES[-1]
    others, wanted = items(40, seed=2)
    assert learnt.place(others, vectors) == pytest.approx(wanted, abs=0.01)


def test_attributes_that_say_nothing_lead_to_the_mean():
    attributes, _ = items(200)
    vectors = np.random.default_rng(3).normal(size=(200, 4)).astype(np.float32)
    learnt = AttributeMap.learn(attributes, np.full(200, 50), vectors)
    assert learnt.penalty == PENALTIES[-1]
    away = learnt.place(items(40, seed=2)[0], vectors) - vectors.mean(axis=0)
    assert np.square(away).mean() < 0.05 * np.square(vectors).mean()
    none = sparse.csr_array((200, 0), dtype=np.float32)
    placed = AttributeMap.learn(none, np.full(200, 50), vectors).place(none[:3], vectors)
    assert placed == pytest.approx(np.tile(vectors.mean(axis=0), (3, 1)), abs=1e-5)


def test_items_that_few_met_say_less():
    attributes = sparse.csr_array(np.ones((20, 1), np.float32))
    vectors = np.repeat([[1.0], [5.0]], 10, axis=0).astype(np.float32)
    number = np.repeat([1000, 1], 10)
    placed = AttributeMap.learn(attributes, number, vectors).place(attributes[:1], vectors)
    assert 1 < placed[0, 0] < 1.5
    even = AttributeMap.learn(attributes, np.full(20, 7), vectors).place(attributes[:1], vectors)
    assert even[0, 0] == pytest.approx(3, abs=1e-4)


def test_the_same_seed_gives_the_same_map_and_few_items_are_not_judged_by():
    attributes, vectors = items(120, noise=1.0)
    one, again = (AttributeMap.learn(attributes, np.arange(1, 121), vectors, seed=3) for _ in range(2))
    assert one.penalty == again.penalty
    np.testing.assert_array_equal(one.place(attributes, vectors), again.place(attributes, vectors))
    few = AttributeMap.learn(attributes[:20], np.ones(20, np.int64), vectors[:20])
    assert few.penalty == 1.0
    assert np.isfinite(few.place(attributes, vectors[:20])).all()
