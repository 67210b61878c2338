import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.clean.bots import Bots
from loaders.clean.conflicts import Conflicts
from loaders.clean.duplicates import Duplicates
from loaders.clean.k_core import KCore
from loaders.clean.missing import Missing
from loaders.clean.outliers import Outliers, robust_z
from loaders.clean.rule import Events
from loaders.clean.time_travel import TimeTravel

NOW = 1_700_000_000


def events(rows, behaviours=("purchase",), created=0):
    """Events of (user, item, value, time), or (user, item, value, time, kind)."""
    table = np.asarray([(*row, 0)[:5] for row in rows], np.float64).reshape(-1, 5)
    user, item, value, time, kind = table.T
    whole = [column.astype(np.int64) for column in (kind, user, item)]
    many = len(behaviours)
    return Events(
        *whole, value.astype(np.float32), time.astype(np.int64), np.full(len(table), created), behaviours, (True,) * many,
        (True,) * many, NOW,
    )  # fmt: skip


def test_what_lies_in_the_future_or_before_the_first_year_or_the_node_is_out_of_time():
    of = events([(0, 0, 1, time) for time in (0, 10, NOW, NOW + 3600, NOW + 10 * 86_400)])
    assert TimeTravel().judge(of).keep.tolist() == [True, True, True, True, False]
    assert TimeTravel(slack_s=0).judge(of).keep.tolist() == [True, True, True, False, False]
    assert TimeTravel(first_year=1990).judge(of).keep.tolist() == [True, False, True, True, False]
    forgot = TimeTravel(action="forget").judge(of)
    assert forgot.keep.all()
    assert forgot.time.tolist() == [0, 10, NOW, NOW + 3600, 0]
    assert TimeTravel().judge(events([(0, 0, 1, 50), (0, 0, 1, 150)], created=100)).keep.tolist() == [False, True]


def test_times_of_another_unit_leave_nothing_out_and_are_told():
    verdict = TimeTravel().judge(events([(0, 0, 1, NOW * 1000), (0, 1, 1, NOW * 1000)]))
    assert verdict.keep.all()
    assert "2 of 2 times are in the future" in verdict.note


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(1, 2), st.integers(0, 9)), max_size=40))
def test_exact_duplicates_leave_each_dated_event_once(rows):
    keep = Duplicates().judge(events(rows)).keep
    kept = [row for row, stays in zip(rows, keep, strict=True) if stays]
    dated = [row for row in kept if row[3]]
    assert len(dated) == len(set(dated))
    assert set(kept) == set(rows)
    assert [row for row in kept if not row[3]] == [row for row in rows if not row[3]]


def test_a_burst_is_one_event_the_first():
    of = events([(0, 0, 1, 100), (0, 0, 1, 103), (0, 0, 1, 106), (0, 0, 1, 120), (0, 1, 1, 101), (1, 0, 1, 101)])
    assert Duplicates(within_s=5).judge(of).keep.tolist() == [True, False, False, True, True, True]


@pytest.mark.parametrize(("take", "value"), [("latest", 1), ("mean", 3), ("max", 5)])
def test_of_values_that_contradict_each_other_one_event_is_left(take, value):
    of = events([(0, 0, 5, 1), (0, 0, 3, 2), (0, 0, 1, 3), (0, 1, 2, 1), (0, 1, 2, 2), (1, 0, np.nan, 1)])
    verdict = Conflicts(take=take).judge(of)
    assert verdict.keep.tolist() == [False, False, True, True, True, True]
    np.testing.assert_equal(verdict.value[verdict.keep], np.float32([value, 2, 2, np.nan]))


@pytest.mark.parametrize(
    ("told", "kept", "value"),
    [("keep", 3, np.nan), ("drop", 2, None), ("mean", 3, 3), ("median", 3, 3), (0, 3, 0)],
)
def test_a_missing_value_is_kept_dropped_or_filled(told, kept, value):
    verdict = Missing(value=told).judge(events([(0, 0, 2, 1), (0, 1, 4, 1), (0, 2, np.nan, 1)]))
    assert verdict.keep.sum() == kept
    if value is not None:
        np.testing.assert_equal(verdict.value[2], np.float32(value))


def test_an_event_without_a_time_is_dropped_if_told_to():
    assert Missing(time="drop").judge(events([(0, 0, 2, 1), (0, 1, 4, 0)])).keep.tolist() == [True, False]


def test_outliers_are_capped_at_the_outermost_usual_value_or_dropped():
    of = events([(0, n, value, 1) for n, value in enumerate([*range(1, 20), 1000])])
    assert Outliers(z=3.5).judge(of).value[-1] == 19
    assert Outliers(z=3.5, action="drop").judge(of).keep.tolist() == [True] * 19 + [False]
    assert Outliers(lower=3, upper=10).judge(of).value.tolist() == [3, 3, *range(3, 11), *[10] * 10]
    assert Outliers(upper_quantile=0.5).judge(of).value.max() == pytest.approx(10.5)


def test_a_rule_told_its_behaviours_leaves_the_others_alone():
    of = events([(0, 0, 50, 1, 0), (0, 0, 50, 1, 1)], behaviours=("purchase", "watch"))
    assert Outliers(upper=5, behaviours=("watch",)).judge(of).value.tolist() == [50, 5]


@given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=30), st.floats(-100, 100))
def test_a_robust_score_is_the_same_wherever_the_values_lie(values, shift):
    values = np.round(np.asarray(values), 3)
    np.testing.assert_allclose(robust_z(values + round(shift, 3)), robust_z(values), rtol=1e-3, atol=1e-3)


def people_and_a_bot(kind):
    rng = np.random.default_rng(0)
    rows = []
    for user in range(60):
        for day in range(10):
            many = rng.integers(3, 9)
            gaps = np.exp(rng.uniform(0, 9, many)).astype(int)
            rows += [(user, rng.integers(500), 1, 10**9 + day * 86_400 + int(at)) for at in np.cumsum(gaps) % 80_000]
    for at in np.cumsum(np.exp(rng.uniform(0, 7, 400)).astype(int)):  # an honest heavy user: much, and as people do
        rows.append((60, rng.integers(150), 1, 10**9 + int(at)))
    for number in range(600):
        at = {"even": 60 * number, "repeats": int(80_000 * rng.random()), "crawls": int(80_000 * rng.random())}[kind]
        item = {"even": rng.integers(100), "repeats": 7, "crawls": number % 500}[kind]
        rows.append((61, item, 1, 10**9 + at))
    return events(rows)


@pytest.mark.parametrize("kind", ["even", "repeats", "crawls"])
def test_a_planted_bot_is_found_and_an_honest_heavy_user_is_kept(kind):
    of = people_and_a_bot(kind)
    verdict = Bots().judge(of)
    assert np.unique(of.user[~verdict.keep]).tolist() == [61]
    assert verdict.keep[of.user < 61].all()


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=70), st.integers(1, 4))
def test_the_k_core_is_that_of_networkx(pairs, k):
    keep = KCore(user=k, item=k).judge(events([(user, item, 1, 1) for user, item in pairs])).keep
    kept = {pair for pair, stays in zip(pairs, keep, strict=True) if stays}
    core = nx.k_core(nx.Graph([(f"u{user}", f"i{item}") for user, item in pairs]), k)
    assert kept == {(user, item) for user, item in pairs if core.has_edge(f"u{user}", f"i{item}")}


def test_no_events_are_no_trouble():
    for rule in (TimeTravel(), Duplicates(), Conflicts(), Missing(), Outliers(z=3), Bots(), KCore()):
        assert len(rule.judge(events([])).keep) == 0
