"""What another way to choose would have got: held against the truth, where every chance of a click is known."""

import numpy as np
import pytest

from gnn.errors import EvaluationError
from gnn.off_policy import policy_value

TIMES, USERS, EACH, CHOICES = 300, 80, 5, 6


def log(rng, explore=0.5):
    """Users who are shown one of six items, mostly the first, and click each with a chance of their own."""
    rates = rng.beta(2, 6, (USERS, CHOICES))
    user_index = np.repeat(np.arange(USERS), EACH)
    drawn = np.where(rng.random(len(user_index)) < explore, rng.integers(CHOICES, size=len(user_index)), 0)
    propensity = np.where(drawn == 0, 1 - explore + explore / CHOICES, explore / CHOICES)
    clicked = (rng.random(len(user_index)) < rates[user_index, drawn]).astype(float)
    return user_index, drawn, propensity, clicked


def test_intervals_hold_what_the_other_way_gets_as_often_as_they_say():
    """The other way takes the third item mostly; users are drawn anew each time, so the truth is the mean of their rates."""
    rng = np.random.default_rng(0)
    truth = 2 / 8
    held = {"ips": 0, "snips": 0}
    for _ in range(TIMES):
        user_index, drawn, propensity, clicked = log(rng)
        chosen = np.where(drawn == 2, 0.7, 0.06)
        found = policy_value(user_index, clicked, propensity, chosen)
        for name in held:
            one = getattr(found, name)
            held[name] += one.low <= truth <= one.high
    assert held["ips"] / TIMES == pytest.approx(0.95, abs=0.05)
    assert held["snips"] / TIMES == pytest.approx(0.95, abs=0.05)


def test_what_has_shown_it_itself_would_get_what_it_got():
    user_index, _, propensity, clicked = log(np.random.default_rng(1))
    found = policy_value(user_index, clicked, propensity, propensity)
    assert found.ips == found.snips == found.logged
    assert found.logged.value == clicked.mean()
    assert (found.mean_weight.value, found.effective_sample_size) == (1, pytest.approx(len(clicked)))
    assert not found.lacks_support


def test_clicking_more_often_does_not_move_snips_of_what_always_clicks_and_moves_ips():
    user_index, drawn, propensity, _ = log(np.random.default_rng(2))
    found = policy_value(user_index, np.ones(len(drawn)), propensity, (drawn == 3).astype(float))
    assert found.snips.value == 1
    assert found.ips.value == pytest.approx(found.mean_weight.value)


def test_weights_that_are_clipped_are_counted():
    user_index, drawn, propensity, clicked = log(np.random.default_rng(3))
    chosen = (drawn == 2).astype(float)
    plain, clipped = (policy_value(user_index, clicked, propensity, chosen, clip=clip) for clip in (None, 5.0))
    assert (plain.num_clipped, plain.highest_weight) == (0, pytest.approx(12))
    assert (clipped.num_clipped, clipped.highest_weight) == (int(chosen.sum()), 5)
    assert clipped.mean_weight == plain.mean_weight
    assert clipped.ips.value < plain.ips.value
    assert clipped.snips.value == pytest.approx(plain.snips.value)


def test_what_was_never_shown_is_told_by_the_weights():
    user_index, drawn, propensity, clicked = log(np.random.default_rng(4))
    found = policy_value(user_index, clicked, propensity, np.zeros(len(drawn)))
    assert (found.snips, found.mean_weight.value, found.effective_sample_size, found.ips.value) == (None, 0, 0, 0)
    half = policy_value(user_index, clicked, propensity, np.where(drawn == 2, 0.5, 0.0))  # the other half is of a seventh item
    assert found.lacks_support
    assert half.lacks_support
    assert half.mean_weight.value == pytest.approx(0.5, abs=0.15)


@pytest.mark.parametrize("propensity", [0.0, -0.1, 1.5, float("nan")])
def test_a_propensity_that_is_none_is_refused(propensity):
    one = np.array([0.5, propensity])
    with pytest.raises(EvaluationError, match="propensity"):
        policy_value(np.array([0, 1]), one, one, one)


def test_too_few_to_tell_from_are_refused_and_a_clip_that_is_none():
    half = np.array([0.5, 0.5])
    with pytest.raises(EvaluationError, match="2 impressions of 1 users"):
        policy_value(np.array([3, 3]), half, half, half)
    with pytest.raises(EvaluationError, match="0 impressions of 0 users"):
        policy_value(np.array([], np.int64), half[:0], half[:0], half[:0])
    with pytest.raises(EvaluationError, match="a clip of 0"):
        policy_value(np.array([0, 1]), half, half, half, clip=0)
