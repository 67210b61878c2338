import numpy as np
import pytest
from pydantic import ValidationError

from gnn import fuse
from gnn.fuse import FuseConfig, Fused, Gain, choose, factorise, standardised
from gnn.holdout import Holdout
from gnn.interactions import Interactions


class Table:
    def __init__(self, scores):
        self.scores = np.asarray(scores, np.float32)

    def score(self, user_index):
        return self.scores[user_index]


def every(scorer, num_users):
    return scorer.score(np.arange(num_users))


def test_scores_are_brought_to_one_scale_and_added():
    one, other = Table([[0, 1, 2], [5, 5, 5]]), Table([[300, 100, 200], [1, 2, 3]])
    low, high = -np.sqrt(1.5), np.sqrt(1.5)
    fused = every(Fused([(one, 0.75), (other, 0.25)]), 2)
    np.testing.assert_allclose(fused[0], [0.75 * low + 0.25 * high, 0.25 * low, 0.75 * high], rtol=1e-5)
    np.testing.assert_allclose(fused[1], [0.25 * low, 0, 0.25 * high], rtol=1e-5, atol=1e-6)


def test_scores_that_are_all_the_same_say_nothing():
    assert not standardised(np.full((2, 7), 0.1, np.float32)).any()
    assert not standardised(np.zeros((1, 3), np.float32)).any()


@pytest.mark.parametrize(("num_users", "num_items"), [(30, 12), (12, 30)])
def test_scores_of_low_rank_are_given_back_up_to_a_users_scale(num_users, num_items, monkeypatch):
    monkeypatch.setattr(fuse, "_SCORES_AT_ONCE", 5 * num_items)
    rng = np.random.default_rng(0)
    scores = (rng.standard_normal((num_users, 4)) @ rng.standard_normal((4, num_items))).astype(np.float32)
    scores[3] = 0
    found = factorise(Table(scores), num_users, num_items, 6)
    assert (found.users.shape, found.items.shape) == ((num_users, 6), (num_items, 6))
    lengths = np.linalg.norm(found.users, axis=1)
    assert lengths == pytest.approx(np.where(np.arange(num_users) == 3, 0, 1), abs=1e-5)
    back = every(found, num_users)
    for user in range(num_users):
        scale = np.linalg.norm(back[user]) / (np.linalg.norm(scores[user]) or 1)
        np.testing.assert_allclose(back[user], scale * scores[user], atol=1e-4)


def test_items_are_as_alike_as_their_scores():
    scores = np.random.default_rng(0).standard_normal((60, 8)).astype(np.float32)
    found = factorise(Table(scores), 60, 8, 8)
    np.testing.assert_allclose(found.items @ found.items.T, scores.T @ scores, atol=1e-3)


def test_what_is_left_over_is_what_the_best_factors_leave():
    scores = np.random.default_rng(0).standard_normal((60, 40)).astype(np.float32)
    found = factorise(Table(scores), 60, 40, 10)
    basis = found.items / np.linalg.norm(found.items, axis=0)
    projected = scores @ basis @ basis.T
    left = np.square(scores - projected).sum()
    best = np.square(np.linalg.svd(scores, compute_uv=False)[10:]).sum()
    assert best <= left * (1 + 1e-5)
    assert left <= best * 1.01


def test_more_dimensions_than_there_are_items_are_filled_up():
    found = factorise(Table([[1, 0], [0, 1]]), 2, 2, 5)
    assert found.items.shape == (2, 5)
    np.testing.assert_allclose(every(found, 2), [[1, 0], [0, 1]], atol=1e-6)


def scores_where(num_right):
    """Scores of 20 users with one item to find each, the first users' on top."""
    scores = np.tile(np.array([0, 1, 0], np.float32), (20, 1))
    scores[:num_right, 0] = 2
    return Table(scores)


def many(number=20):
    seen, wanted = (np.arange(number), np.full(number, 2)), (np.arange(number), np.zeros(number, np.int64))
    return Holdout(Interactions(*seen, 20, 3), Interactions(*wanted, 20, 3))


def test_another_sum_is_taken_where_it_is_better_for_sure():
    found = choose({"1": scores_where(5), "0.5": scores_where(10), "0": scores_where(5)}, "1", many(), "ndcg@1")
    assert found.taken == "0.5"
    assert found.tried == {"0": 0.25, "0.5": 0.5, "1": 0.25}


def test_the_usual_sum_stays_where_another_is_as_good_or_hardly_better():
    assert choose({"1": scores_where(5), "0": scores_where(5)}, "1", many(), "ndcg@1").taken == "1"
    assert choose({"1": scores_where(5), "0": scores_where(6)}, "1", many(), "ndcg@1").taken == "1"


def test_one_user_tells_nothing_for_sure_and_the_error_is_that_of_a_sample():
    assert choose({"1": scores_where(0), "0": scores_where(20)}, "1", many(1), "ndcg@1").taken == "1"
    assert choose({"1": scores_where(0), "0": scores_where(20)}, "1", many(2), "ndcg@1").taken == "0"
    gain = Gain.of(np.array([0.1, 0.2, 0.6]))
    assert (gain.mean, gain.error) == pytest.approx((0.3, np.sqrt(0.07 / 3)))
    assert not gain.is_sure


@pytest.mark.parametrize(
    "told", [{"ease": 0.3, "ials": 0.3}, {"item_knn": 0.2, "rp3beta": 0.2}, {"scales": (5.0,)}, {"scales": (-1.0,)}]
)
def test_shares_that_leave_nothing_for_the_network_are_refused(told):
    with pytest.raises(ValidationError, match="below 1"):
        FuseConfig(**told)
