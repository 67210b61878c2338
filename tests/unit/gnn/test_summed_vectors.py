"""A sum of standardised scores as vectors: the same scores as where every one of them is computed."""

import numpy as np

from gnn.compress import shorten
from gnn.fuse import Fused
from gnn.summed_vectors import summed_vectors
from gnn.vector_scorer import VectorScorer

USERS, ITEMS = 30, 40


def members():
    rng = np.random.default_rng(0)
    found = []
    for size, offset in ((4, 0.0), (7, 3.0), (2, 0.0)):
        users, items = (rng.standard_normal((number, size)).astype(np.float32) for number in (USERS, ITEMS))
        found.append(VectorScorer(users * rng.uniform(0.1, 9, (USERS, 1)).astype(np.float32), 5 * items + np.float32(offset)))
    found[1].users[3] = found[2].users[3] = 0
    for one in found:
        one.users[8] = 0
    return found


def test_products_are_the_sum_of_standardised_scores():
    weighed = list(zip(members(), (0.5, 0.3, 0.2), strict=True))
    found = summed_vectors(weighed)
    assert (found.users.shape, found.items.shape) == ((USERS, 13), (ITEMS, 13))
    expected = Fused(weighed).score(np.arange(USERS))
    assert expected[3].any()
    np.testing.assert_allclose(found.score(np.arange(USERS)), expected, rtol=1e-4, atol=1e-4)
    assert not found.users[8].any()


def test_a_model_that_scores_all_items_alike_says_nothing():
    flat = VectorScorer(np.ones((USERS, 2), np.float32), np.full((ITEMS, 2), 0.1, np.float32))
    one = members()[0]
    np.testing.assert_allclose(
        summed_vectors([(one, 0.5), (flat, 0.5)]).score(np.arange(USERS)),
        Fused([(one, 0.5), (flat, 0.5)]).score(np.arange(USERS)),
        atol=1e-5,
    )


def test_shortened_to_as_many_numbers_as_there_are_it_is_the_same_up_to_a_users_length():
    found = summed_vectors([(one, 1 / 3) for one in members()])
    short = shorten(VectorScorer(*(np.pad(part, ((0, 0), (0, 4))) for part in (found.users, found.items))), 13)
    scores, back = found.score(np.arange(USERS)), short.score(np.arange(USERS))
    scale = np.linalg.norm(scores, axis=1) / np.where(back.any(axis=1), np.linalg.norm(back, axis=1), 1)
    np.testing.assert_allclose(back * scale[:, None], scores, atol=1e-3)
