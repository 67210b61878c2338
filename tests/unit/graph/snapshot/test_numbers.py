"""Values and times of relationships, however they are kept, come out as numbers, and what cannot is counted."""

import neo4j.time
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.snapshot.numbers import numbers, seconds

NEW_YEAR = 1_704_067_200  # 2024, UTC


def test_plain_numbers_stay_as_they_are_and_missing_ones_are_not_counted():
    found, unusable = numbers([1, 2.5, float("nan"), True])
    np.testing.assert_equal(found, [1.0, 2.5, np.nan, 1.0])
    assert not unusable.any()


def test_numbers_in_text_are_read_and_what_is_no_number_is_missing_and_counted():
    found, unusable = numbers(["4.5", "n/a", 3, [1], float("nan")])
    np.testing.assert_equal(found, [4.5, np.nan, 3.0, np.nan, np.nan])
    assert unusable.tolist() == [False, True, False, True, False]


def test_text_that_says_nan_is_unusable_whatever_is_beside_it():
    for beside in ([], ["n/a"]):
        assert numbers(["nan", float("nan"), *beside])[1][:2].tolist() == [True, False]


@pytest.mark.parametrize(
    "moment",
    [
        NEW_YEAR,
        NEW_YEAR * 1000,
        NEW_YEAR * 10**6,
        NEW_YEAR * 10**9,
        float(NEW_YEAR),
        str(NEW_YEAR),
        "2024-01-01",
        "2024-01-01T00:00:00Z",
        "2024-01-01T01:00:00+01:00",
        neo4j.time.Date(2024, 1, 1),
        neo4j.time.DateTime(2024, 1, 1),
    ],
    ids=str,
)
@pytest.mark.parametrize("beside", [[], ["no time"]], ids=["alone", "beside text"])
def test_a_moment_is_the_same_second_in_any_form(moment, beside):
    found, unusable = seconds([moment, *beside])
    assert found[0] == NEW_YEAR
    assert unusable.tolist() == [False, *(True for _ in beside)]


@given(
    st.lists(st.one_of(st.none(), st.floats(), st.integers(), st.text(), st.booleans(), st.lists(st.integers(), max_size=2)))
)
def test_nothing_stops_them(values):
    for read in (numbers, seconds):
        found, unusable = read(values)
        assert (found.dtype, found.shape) == (np.float64, (len(values),))
        assert (unusable.dtype, unusable.shape) == (np.bool_, (len(values),))
        assert np.isnan(found[unusable]).all()
    assert not np.isinf(seconds(values)[0]).any()
