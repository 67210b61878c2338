"""Slices and what lists are like beside accuracy, on four users and six items that can be counted by hand.

Met: user 0 items 0, 1; user 1 items 0, 1, 2; user 2 items 0, 3; user 3 nothing. Nobody met 4 and 5.
"""

import math

import numpy as np
import pytest
from scipy import sparse

from gnn.beyond_accuracy import BeyondAccuracy, kullback_leibler, popularity_groups
from gnn.compare import compare
from gnn.errors import EvaluationError
from gnn.evaluate import evaluate
from gnn.holdout import Holdout
from gnn.interactions import Interactions
from gnn.slices import Slices, slice_by_counts

MET = [(0, 0), (0, 1), (1, 0), (1, 1), (1, 2), (2, 0), (2, 3)]
TEST = [(0, 2), (0, 4), (1, 3), (2, 5), (3, 0)]


class Order:
    """The items in one order for everybody."""

    def __init__(self, *items):
        self.scores = np.zeros(6, np.float32)
        self.scores[list(items)] = np.arange(len(items), 0, -1)

    def score(self, user_index):
        return np.tile(self.scores, (len(user_index), 1))


def pairs(rows, domains=None):
    rows = np.asarray(rows)
    return Interactions(rows[:, 0], rows[:, 1], 4, 6, domains=domains)


def holdout(domains=None):
    return Holdout(pairs(MET, domains), pairs(TEST, domains))


def test_items_and_users_are_told_apart_by_what_was_learnt_from():
    slices = slice_by_counts(holdout())
    assert np.flatnonzero(slices.items["warm items"]).tolist() == [0, 1, 2, 3]
    assert np.flatnonzero(slices.items["cold items"]).tolist() == [4, 5]
    assert np.flatnonzero(slices.items["tail items"]).tolist() == [2]  # of seven interactions one is less than 20 %, two more
    assert slices.users["new users"].all()
    assert np.flatnonzero(slices.users["light users"]).tolist() == [3]
    assert slices.num_users(holdout()) == {"warm items": 3, "cold items": 2, "tail items": 1, "new users": 4, "light users": 1}


def test_a_slice_of_items_counts_only_its_own_as_found_and_to_be_found():
    asked = holdout()
    result = evaluate(Order(2, 4, 3, 5, 1, 0), asked, ks=(2,), slices=slice_by_counts(asked))
    # Lists of two: user 0: 2, 4; user 1: 4, 3; user 2: 2, 4; user 3: 2, 4.
    assert result.per_user["recall@2"].tolist() == [1, 1, 0, 0]
    assert result.per_user["recall@2/warm items"].tolist() == [1, 1, 0]  # users 0, 1 and 3
    assert result.per_user["recall@2/cold items"].tolist() == [1, 0]  # users 0 and 2
    assert result.per_user["ndcg@2/cold items"].tolist() == pytest.approx([1 / math.log2(3), 0])
    assert result.per_user["recall@2/tail items"].tolist() == [1]
    assert result.metrics["recall@2/light users"] == 0
    assert result.metrics["recall@2/new users"] == result.metrics["recall@2"]
    low, high = result.intervals["recall@2/cold items"]
    assert (low, high) == (0, 1)


def test_an_empty_slice_has_no_figures():
    nobody = Slices({"none": np.zeros(6, bool)}, {"nobody": np.zeros(4, bool)})
    result = evaluate(Order(0), holdout(), slices=nobody)
    assert not any("/" in name for name in result.metrics)
    assert nobody.num_users(holdout()) == {}


def test_places_without_an_item_are_of_no_slice():
    last = Slices({"last": np.arange(6) == 5}, {})
    result = evaluate(Order(5), holdout(), ks=(20,), slices=last)  # shorter lists than 20, filled up with -1
    assert result.per_user["recall@20/last"].tolist() == [1]


def test_the_tail_is_that_of_each_domain_and_domains_are_slices_too():
    asked = holdout({"Good": 3, "Article": 3})
    slices = slice_by_counts(asked)
    assert np.flatnonzero(slices.items["tail items"]).tolist() == [2]  # one of six; the only one of the articles is no tail
    assert {name: slices.num_users(asked)[name] for name in ("Good", "Article")} == {"Good": 2, "Article": 3}


def test_novelty_is_the_mean_self_information():
    beyond = BeyondAccuracy(holdout())
    top = np.array([[0, 1], [2, 4], [3, -1], [-1, -1], [5, 0]])
    found = beyond.measure(top, holdout())["novelty"]
    # Met by 3, 2, 1, 1, 0, 0 of four users; an item that nobody met counts as met by one.
    expected = [(math.log2(4 / 3) + 1) / 2, 2, 2, 0, (2 + math.log2(4 / 3)) / 2]
    np.testing.assert_allclose(found, expected)


def test_diversity_is_the_mean_distance_of_pairs():
    beyond = BeyondAccuracy(holdout())
    top = np.array([[0, 1, -1], [0, 1, 2], [4, 5, -1], [3, -1, -1], [1, 3, 4]])
    found = beyond.measure(top, holdout())["diversity"]
    near = {(0, 1): 2 / math.sqrt(6), (0, 2): 1 / math.sqrt(3), (1, 2): 1 / math.sqrt(2)}
    np.testing.assert_allclose(found, [1 - near[0, 1], 1 - sum(near.values()) / 3, 1, 0, 1], atol=1e-12)


def test_blocks_and_samples_of_users_change_memory_and_nothing_else(monkeypatch):
    top = np.array([[0, 1], [0, 2], [4, 5], [1, 3], [2, 0]])
    whole = BeyondAccuracy(holdout()).measure(top, holdout())
    monkeypatch.setattr("gnn.beyond_accuracy._BLOCK", 5)
    for name, values in BeyondAccuracy(holdout()).measure(top, holdout()).items():
        np.testing.assert_allclose(values, whole[name])
    monkeypatch.setattr("gnn.beyond_accuracy._MOST_USERS", 3)
    sampled = BeyondAccuracy(holdout()).measure(top, holdout())["diversity"]
    assert ((sampled >= 0) & (sampled <= 1 + 1e-12)).all()


def test_miscalibration_is_the_divergence_from_the_users_past():
    # Items 0 and 2 are of the first group, 1 and 3 of the second, 4 of both, 5 of none.
    groups = sparse.csr_array(np.array([[1, 0], [0, 1], [1, 0], [0, 1], [1, 1], [0, 0]]))
    asked = holdout()
    top = np.array([[2, 4], [3, 5], [4, -1], [2, 3]])
    found = BeyondAccuracy(asked, groups).measure(top, asked)["miscalibration"]

    def divergence(past, shown):
        mixed = [0.99 * q + 0.01 * p for p, q in zip(past, shown, strict=True)]
        return sum(p * math.log(p / q) for p, q in zip(past, mixed, strict=True) if p)

    expected = [
        divergence([1 / 2, 1 / 2], [3 / 4, 1 / 4]),
        divergence([2 / 3, 1 / 3], [0, 1]),
        0,
        divergence([4 / 7, 3 / 7], [1 / 2, 1 / 2]),  # no past: that of all
    ]
    np.testing.assert_allclose(found, expected, atol=1e-12)


def test_a_list_like_the_past_diverges_by_nothing_and_one_of_other_groups_most():
    past = np.array([[2.0, 2.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
    shown = np.array([[1.0, 1.0, 0.0], [0.0, 3.0, 0.0], [1.0, 0.0, 0.0]])
    np.testing.assert_allclose(kullback_leibler(past, shown), [0, math.log(100), 0], atol=1e-12)


def test_without_groups_three_by_popularity_stand_in():
    groups = popularity_groups(np.array([3, 2, 1, 1, 0, 0]), holdout()).toarray()
    assert groups.argmax(axis=1).tolist() == [0, 1, 2, 2, 2, 2]
    with pytest.raises(EvaluationError, match="groups of 5 items; expected a row for each of 6"):
        BeyondAccuracy(holdout(), sparse.csr_array((5, 2)))


def test_a_comparison_has_intervals_and_differences_of_all_measures():
    asked = holdout()
    beyond, slices = BeyondAccuracy(asked), slice_by_counts(asked)
    _, row = compare({"one": Order(0, 1), "other": Order(5, 4)}, asked, ks=(2,), beyond=beyond, slices=slices)
    measured = {name for name in row.metrics if not name.startswith("coverage")}
    assert measured == row.intervals.keys() == row.differences.keys()
    assert {"novelty@2", "diversity@2", "miscalibration@2", "ndcg@2/cold items", "recall@2/new users"} <= measured
    assert row.differences["novelty@2"].mean > 0
