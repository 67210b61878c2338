import numpy as np
import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from loaders.errors import InputError
from loaders.interactions import InteractionLog
from loaders.item_space import ItemSpace
from loaders.splits import RandomPerUser, TimeSplit


def log_of(user_index, time=None):
    user_index = np.asarray(user_index, np.int64)
    items = np.arange(len(user_index))
    return InteractionLog(
        user_index=user_index,
        item_index=items,
        value=np.full(len(user_index), np.nan, np.float32),
        time=None if time is None else np.asarray(time, np.int64),
        user_ids=np.arange(user_index.max(initial=-1) + 1),
        items=ItemSpace({"Item": items}),
    )


def parts(split):
    return [part.tolist() for part in (split.train, split.valid, split.test)]


shares = st.tuples(st.floats(0.01, 0.98), st.floats(0.01, 0.98)).filter(lambda pair: sum(pair) < 1)
users = st.lists(st.integers(0, 6), max_size=80)


@given(users, shares, st.integers(0, 3))
def test_a_random_split_loses_and_repeats_nothing(user_index, share, seed):
    split = RandomPerUser(*share, seed=seed).split(log_of(user_index))
    assert sorted(row for part in parts(split) for row in part) == list(range(len(user_index)))
    assert all(part == sorted(part) for part in parts(split))


@given(users, shares)
def test_a_random_split_leaves_every_user_an_interaction_to_train_on(user_index, share):
    log = log_of(user_index)
    assert set(log.user_index[RandomPerUser(*share).split(log).train]) == set(user_index)


def test_a_random_split_takes_the_share_of_each_user():
    log = log_of(np.repeat([0, 1, 2], [100, 10, 4]))
    split = RandomPerUser(valid=0.1, test=0.2).split(log)
    assert np.bincount(log.user_index[split.valid], minlength=3).tolist() == [10, 1, 0]
    assert np.bincount(log.user_index[split.test], minlength=3).tolist() == [20, 2, 0]


def test_a_random_split_is_a_function_of_its_seed():
    log = log_of(np.repeat([0, 1], 50))
    one = parts(RandomPerUser(seed=1).split(log))
    assert one == parts(RandomPerUser(seed=1).split(log))
    assert one != parts(RandomPerUser(seed=2).split(log))


def test_a_random_split_picks_every_interaction_alike():
    log = log_of(np.zeros(10, np.int64))
    drawn = np.bincount(np.concatenate([RandomPerUser(seed=seed).split(log).test for seed in range(600)]), minlength=10)
    assert drawn.sum() == 1200
    assert (abs(drawn - 120) < 5 * np.sqrt(120 * 0.8)).all()


@given(st.lists(st.integers(0, 30), min_size=8, max_size=80), st.tuples(st.floats(0.1, 0.45), st.floats(0.1, 0.45)))
def test_a_split_by_time_never_trains_on_the_future(times, share):
    log = log_of(np.zeros(len(times), np.int64), times)
    try:
        split = TimeSplit(*share).split(log)
    except InputError:
        reject()  # the times differ too little
    assert sorted(row for part in parts(split) for row in part) == list(range(len(times)))
    assert log.time[split.train].max() < log.time[split.valid].min()
    assert log.time[split.valid].max() < log.time[split.test].min()


def test_a_split_by_time_takes_the_shares_of_all_interactions():
    times = np.random.default_rng(0).permutation(1000)
    split = TimeSplit(valid=0.1, test=0.2).split(log_of(np.arange(1000) % 7, times))
    assert [len(part) for part in parts(split)] == [700, 100, 200]
    assert times[split.test].min() == 800


def test_a_split_by_time_keeps_one_second_together():
    split = TimeSplit(valid=0.25, test=0.25).split(log_of([0] * 8, [3, 1, 2, 3, 1, 2, 2, 3]))
    assert parts(split) == [[1, 4], [2, 5, 6], [0, 3, 7]]


@pytest.mark.parametrize(
    ("times", "message"),
    [
        pytest.param(None, "needs interactions with times", id="no times"),
        pytest.param([5] * 20, "the times differ too little", id="one time"),
        pytest.param([], "no interactions", id="nothing"),
    ],
)
def test_a_split_by_time_without_different_times_is_refused(times, message):
    with pytest.raises(InputError, match=message):
        TimeSplit().split(log_of([0] * len(times or []), times))


@pytest.mark.parametrize("way", [RandomPerUser, TimeSplit])
@pytest.mark.parametrize("share", [(0, 0.2), (0.1, 0), (0.5, 0.5), (-0.1, 0.2), (0.1, 1.5), (float("nan"), 0.2)])
def test_shares_that_leave_nothing_are_refused(way, share):
    with pytest.raises(InputError, match="expected both above 0"):
        way(*share).split(log_of([0, 0, 0], [1, 2, 3]))


def test_a_tiny_share_still_tests_on_the_last_moment():
    times = list(range(50))
    split = TimeSplit(valid=0.1, test=1e-17).split(log_of([0] * 50, times))
    assert parts(split)[2] == [49]
