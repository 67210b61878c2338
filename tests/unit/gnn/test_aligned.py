"""Vectors of several models in one space: what turning and averaging keep, and what lies half way."""

import numpy as np
import pytest

from gnn.aligned import aligned, averaged, comparable
from gnn.barrier import Barrier
from gnn.evaluate import evaluate
from gnn.holdout import Holdout
from gnn.interactions import Interactions
from gnn.vector_scorer import VectorScorer, of_length_one

USERS, ITEMS, SIZE = 400, 60, 8
ALL = np.arange(USERS)


def vectors(seed, users=USERS, size=SIZE):
    rng = np.random.default_rng(seed)
    asking, asked = (rng.standard_normal((number, size)).astype(np.float32) for number in (users, ITEMS))
    return VectorScorer(of_length_one(asking), asked)


def turned(one, seed=9):
    """The same vectors in another space: a random rotation, mirrored or not."""
    turn = np.linalg.qr(np.random.default_rng(seed).standard_normal((SIZE, SIZE)))[0].astype(np.float32)
    return VectorScorer(one.users @ turn, one.items @ turn)


def ranks(one):
    return np.argsort(-one.score(np.arange(len(one.users))), axis=1, kind="stable")


@pytest.fixture
def holdout():
    """What users meet is what the first vectors rank first for them."""
    found = ranks(vectors(0))[:, :4]
    seen, wanted = (Interactions(np.repeat(ALL, 2), found[:, part].ravel(), USERS, ITEMS) for part in ([0, 2], [1, 3]))
    return Holdout(seen, wanted)


def barrier(one, other, holdout, turn=True):
    one, other = (comparable(part, SIZE) for part in (one, other))
    half_way = averaged([one, aligned(other, one) if turn else other])
    found = [evaluate(scorer, holdout, ks=(5,)) for scorer in (one, other, half_way)]
    return Barrier.of(*found, "ndcg@5")


def test_turned_copies_are_turned_back_and_average_to_the_same_vectors():
    one = vectors(0)
    back = aligned(turned(one), one)
    np.testing.assert_allclose(back.users, one.users, atol=1e-5)
    np.testing.assert_allclose(back.items, one.items, atol=1e-5)
    mean = averaged([one, back, aligned(turned(one, 3), one)])
    np.testing.assert_allclose(mean.score(ALL), one.score(ALL), atol=1e-5)


def test_turning_changes_no_score_whatever_it_is_turned_to():
    one = vectors(0)
    np.testing.assert_allclose(aligned(one, vectors(1)).score(ALL), one.score(ALL), atol=1e-5)


def test_no_other_turn_is_nearer():
    rng = np.random.default_rng(0)
    one, noisy = vectors(0), turned(vectors(0))
    noisy = VectorScorer(*(part + rng.normal(0, 0.3, part.shape).astype(np.float32) for part in (noisy.users, noisy.items)))

    def distance(other):
        sides = (one.users, other.users), (one.items, other.items)
        return sum(np.square(a - b).sum() / (np.linalg.norm(a) * np.linalg.norm(b)) for a, b in sides)

    best = distance(aligned(noisy, one))
    assert best < distance(noisy) / 2
    for seed in range(20):
        step = np.linalg.qr(np.eye(SIZE) + 0.1 * np.random.default_rng(seed).standard_normal((SIZE, SIZE)))[0]
        near = aligned(noisy, one)
        assert distance(VectorScorer(near.users @ step, near.items @ step)) > best


def test_many_items_do_not_drown_few_users():
    """The one user's side tells the turn only if both count alike; items lie in a plane and leave two numbers free."""
    one = vectors(0, users=4)
    one.items[:, 2:] = 0
    back = aligned(turned(one), one)
    np.testing.assert_allclose(back.users, one.users, atol=1e-4)


def test_scores_are_of_one_unit_and_rank_as_before():
    one = vectors(0)
    one.users[3] = 0
    long = VectorScorer(7 * one.users, 100 * one.items)
    for part in (one, long):
        found = comparable(part, SIZE + 3)
        assert (found.users.shape[1], found.items.shape[1]) == (SIZE + 3, SIZE + 3)
        variance = np.delete(found.score(ALL).var(axis=1), 3)
        assert variance.mean() == pytest.approx(1, rel=1e-4)
        assert not found.users[3].any()
        np.testing.assert_array_equal(ranks(found)[:3], ranks(part)[:3])
    alike = comparable(VectorScorer(one.users, np.ones((ITEMS, SIZE), np.float32)), SIZE)
    assert np.isfinite(alike.items).all()


def test_smaller_vectors_are_filled_up_and_average_with_larger_ones():
    one, small = vectors(0), vectors(1, size=3)
    one, small = (comparable(part, SIZE) for part in (one, small))
    mean = averaged([one, aligned(small, one)])
    assert mean.users.shape == (USERS, SIZE)
    np.testing.assert_allclose(np.linalg.norm(mean.users, axis=1), 1, rtol=1e-5)


def test_whom_some_know_nothing_of_gets_the_vector_of_the_others():
    one = vectors(0)
    other = turned(one)
    other.users[0], other.items[5] = 0, 0
    one.users[1] = other.users[1] = 0
    mean = averaged([one, aligned(other, one)])
    np.testing.assert_allclose(mean.users[0], one.users[0], atol=1e-5)
    np.testing.assert_allclose(mean.items[5], one.items[5], atol=1e-5)
    assert not mean.users[1].any()


def test_half_way_to_a_copy_nothing_is_lost_once_it_is_turned_back(holdout):
    one = vectors(0)
    found = barrier(one, turned(one), holdout)
    assert found.height == pytest.approx(0, abs=1e-6)
    assert found.is_connected
    lost = barrier(one, turned(one), holdout, turn=False)
    assert lost.height > 0.1
    assert not lost.is_connected
    assert lost.ends[0] == pytest.approx(lost.ends[1])
    assert lost.half_way == pytest.approx(lost.ends[0] - lost.height)


def test_models_that_know_much_the_same_are_connected(holdout):
    one, other = vectors(0), vectors(1)
    alike = VectorScorer(of_length_one(2 * one.users + other.users), 2 * one.items + other.items)
    found = barrier(one, turned(alike), holdout)
    assert found.ends[1] < found.ends[0]
    assert found.is_connected


def test_what_ranks_alike_in_a_space_that_is_stretched_is_not_connected(holdout):
    """The same products, so as good a model; no turn brings its vectors near to the others, and half way neither is left."""
    one, stretch = vectors(0), np.geomspace(0.02, 50, SIZE).astype(np.float32)
    other = VectorScorer(one.users * stretch, one.items / stretch)
    found = barrier(one, turned(other), holdout)
    assert found.ends[1] == pytest.approx(found.ends[0])
    assert found.height > 0.1
    assert not found.is_connected
