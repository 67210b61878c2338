import numpy as np
import pytest

from gnn.compress import shorten
from gnn.vector_scorer import VectorScorer

EVERY = np.arange(30)


def vectors(num_users=30, num_items=20, size=12):
    rng = np.random.default_rng(0)
    return VectorScorer(*(rng.standard_normal((number, size)).astype(np.float32) for number in (num_users, num_items)))


def scaled_as(found, scores):
    """Users' lengths say nothing: bring each row of scores found to the length of the one that it should be near."""
    return found * (found * scores).sum(axis=1, keepdims=True) / np.square(found).sum(axis=1, keepdims=True)


def test_scores_are_those_of_the_best_factors_of_that_size():
    whole = vectors()
    scores = whole.score(EVERY)
    found = shorten(whole, 5)
    assert (found.users.shape, found.items.shape) == ((30, 5), (20, 5))
    left, deviation, right = np.linalg.svd(scores)
    best = left[:, :5] * deviation[:5] @ right[:5]
    np.testing.assert_allclose(scaled_as(found.score(EVERY), best), best, atol=1e-4)
    assert np.linalg.norm(found.users, axis=1) == pytest.approx(np.ones(30), abs=1e-5)


def test_vectors_that_are_short_enough_stay():
    whole = vectors()
    assert shorten(whole, 12) is shorten(whole, 40) is whole


def test_a_user_of_whom_nothing_is_known_keeps_zeros():
    whole = vectors()
    whole.users[3] = 0
    found = shorten(whole, 5)
    assert not found.users[3].any()
    assert found.users[4].any()


def test_fewer_nodes_than_numbers_give_vectors_of_that_size_too():
    whole = vectors(num_users=3, num_items=4)
    found = shorten(whole, 8)
    assert (found.users.shape, found.items.shape) == ((3, 8), (4, 8))
    scores = whole.score(np.arange(3))
    np.testing.assert_allclose(scaled_as(found.score(np.arange(3)), scores), scores, atol=1e-4)
