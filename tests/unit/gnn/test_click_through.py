"""Click-through and its interval, where users differ: by simulation with rates that are known."""

import numpy as np
import pytest

from gnn.click_through import ClickSums, Interval, click_through, difference, p_value, sample_ratio_p_value
from gnn.errors import EvaluationError

TIMES = 400


def draw(rng, users, mean, spread=4.0):
    """Users who are shown 1 to 40 items each, and click each with a chance of their own about the mean; as sums over them."""
    shown = rng.integers(1, 41, users)
    rate = rng.beta(spread * mean, spread * (1 - mean), users)
    clicked = rng.binomial(shown, rate)
    return ClickSums(
        users,
        *(int(part.sum()) for part in (shown, clicked, shown**2, clicked**2, shown * clicked)),
    )


def test_intervals_of_a_rate_and_of_a_difference_hold_the_truth_as_often_as_they_say():
    rng = np.random.default_rng(0)
    of_rate, of_difference = 0, 0
    for _ in range(TIMES):
        one, other = (click_through(draw(rng, 200, mean)) for mean in (0.12, 0.10))
        of_rate += one.low <= 0.12 <= one.high
        ahead = difference(one, other)
        of_difference += ahead.low <= 0.02 <= ahead.high
    assert of_rate / TIMES == pytest.approx(0.95, abs=0.035)
    assert of_difference / TIMES == pytest.approx(0.95, abs=0.035)


def test_impressions_taken_as_drawn_would_be_too_sure():
    found = click_through(draw(np.random.default_rng(1), 500, 0.1))
    by_impression = (found.value * (1 - found.value) / (500 * 20)) ** 0.5
    assert found.standard_error > 1.5 * by_impression


def test_of_users_who_see_one_item_each_the_error_is_that_of_a_share():
    found = click_through(ClickSums(100, 100, 20, 100, 20, 20))
    assert found.value == 0.2
    assert found.standard_error == pytest.approx((0.2 * 0.8 / 99) ** 0.5)


def test_a_difference_where_there_is_none_is_rarely_found():
    rng = np.random.default_rng(2)
    found = [p_value(difference(click_through(draw(rng, 200, 0.1)), click_through(draw(rng, 200, 0.1)))) for _ in range(TIMES)]
    assert np.mean(np.array(found) < 0.05) == pytest.approx(0.05, abs=0.035)


def test_what_cannot_be_told_is_not():
    assert click_through(ClickSums(0, 0, 0, 0, 0, 0)) is None
    assert click_through(ClickSums(1, 9, 3, 81, 9, 27)) is None
    nothing = click_through(ClickSums(5, 50, 0, 500, 0, 0))
    assert (nothing.value, nothing.low, nothing.high) == (0, 0, 0)
    assert p_value(Interval.of(0.0, 0.0)) == 1


def test_numbers_of_users_are_held_against_their_shares():
    rng = np.random.default_rng(3)
    by_chance = [sample_ratio_p_value(rng.multinomial(1_000, (0.5, 0.3, 0.2)).tolist(), (0.5, 0.3, 0.2)) for _ in range(TIMES)]
    assert np.mean(np.array(by_chance) < 0.1) == pytest.approx(0.1, abs=0.04)
    assert sample_ratio_p_value((5_000, 4_600), (0.5, 0.5)) < 0.001
    with pytest.raises(EvaluationError, match="0 users"):
        sample_ratio_p_value((0, 0), (0.5, 0.5))
