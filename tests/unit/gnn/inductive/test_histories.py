import numpy as np
import pytest

from gnn.errors import TrainingError
from gnn.inductive import Histories
from gnn.inductive.newcomers import Newcomers
from gnn.interactions import Interactions
from graph.event_weights import Fading

PAIRS = Interactions(np.array([1, 0, 1, 1, 1]), np.array([3, 2, 0, 3, 1]), 3, 4)
TIMES = np.array([50, 10, 20, 5, 30])


def test_items_are_in_the_order_in_which_they_were_first_met():
    found = Histories.of(PAIRS, TIMES)
    assert found.counts.tolist() == [1, 3, 0]
    assert found.items.tolist() == [2, 3, 0, 1]


def test_without_times_the_order_is_by_chance_and_the_same_for_one_seed():
    many = Interactions(np.zeros(50, np.int64), np.arange(50), 1, 50)
    one, again, other = (Histories.of(many, seed=seed).items.tolist() for seed in (0, 0, 1))
    assert one == again != other
    assert sorted(one) == list(range(50)) != one


def test_the_start_and_the_rest_are_all_that_a_user_met():
    histories, users, number = Histories.of(PAIRS, TIMES), np.array([1, 0, 1]), np.array([1, 1, 2])
    starts, rests = histories.starts(users, number).toarray(), histories.rests(users, number).toarray()
    assert starts.tolist() == [[0, 0, 0, 1], [0, 0, 1, 0], [1, 0, 0, 1]]
    assert rests.tolist() == [[1, 1, 0, 0], [0, 0, 0, 0], [0, 1, 0, 0]]


def test_newcomers_are_those_who_met_more_and_find_what_they_met_later():
    found = Newcomers.after(Histories.of(PAIRS, TIMES), np.array([0, 1, 2]), 2)
    assert found.known.toarray().tolist() == [[1, 0, 0, 1]]
    assert found.holdout.items.tolist() == [1]
    assert found.holdout.seen.toarray().tolist() == [[1, 0, 0, 1]]
    assert Newcomers.after(Histories.of(PAIRS, TIMES), np.array([0, 2]), 1) is None


def test_times_of_other_pairs_are_refused():
    with pytest.raises(TrainingError, match="expected one a pair"):
        Histories.of(PAIRS, TIMES[:2])


def test_beginnings_are_told_as_what_they_counted_when_they_ended_and_rests_whole():
    days = np.array([0, 1, 2])
    pairs = Interactions(np.zeros(3, np.int64), np.array([2, 0, 1]), 1, 3)
    fading = Fading(np.array([1, 0, 1], np.float32), np.ones(3), 1000 + days, np.zeros(3, np.int64), 1.0)
    histories = Histories.of(pairs, 1000 + days, fading=fading)
    assert histories.starts(np.array([0, 0]), np.array([1, 3])).toarray().tolist() == [[0, 0, 1], [0, 1, 0.25]]
    assert histories.starts(np.array([0]), np.array([3])).nnz == 3
    assert histories.rests(np.array([0]), np.array([1])).toarray().tolist() == [[1, 1, 0]]
