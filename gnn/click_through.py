"""How many of what was shown was clicked, and how sure that is where a user's impressions are alike."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

from scipy.special import chdtrc

from gnn.errors import EvaluationError

LEVEL = 0.95
"""Share of intervals that hold the truth, in the long run."""


@dataclass(frozen=True)
class Interval:
    """A figure, its standard error, and from where to where it may well be."""

    value: float
    standard_error: float
    low: float
    high: float

    @classmethod
    def of(cls, value: float, standard_error: float, level: float = LEVEL) -> Interval:
        """Return the normal interval of a level."""
        reach = NormalDist().inv_cdf((1 + level) / 2) * standard_error
        return cls(value, standard_error, value - reach, value + reach)


@dataclass(frozen=True)
class ClickSums:
    """What users were shown and clicked: sums over ``users`` of each one's impressions, clicks, their squares and product."""

    users: int
    impressions: int
    clicks: int
    impressions_squared: int
    clicks_squared: int
    products: int


def click_through(sums: ClickSums, level: float = LEVEL) -> Interval | None:
    """Return clicks by impressions, with an interval that takes users, not impressions, as drawn; None of fewer than two users.

    Source: Deng, Knoblich and Lu 2018, Applying the delta method in metric analytics (ratio of two means over users).
    """
    if sums.users < 2 or not sums.impressions:
        return None
    rate = sums.clicks / sums.impressions
    # Of each user what they clicked beyond the rate; its mean is 0.
    squares = sums.clicks_squared - 2 * rate * sums.products + rate**2 * sums.impressions_squared
    error = math.sqrt(max(squares, 0.0) * sums.users / (sums.users - 1)) / sums.impressions
    return Interval.of(rate, error, level)


def difference(one: Interval, other: Interval, level: float = LEVEL) -> Interval:
    """Return how much higher ``one`` is than ``other``, of users who are not the same."""
    return Interval.of(one.value - other.value, math.hypot(one.standard_error, other.standard_error), level)


def p_value(found: Interval) -> float:
    """Return how likely a value as far from 0 or farther is where the truth is 0 (two-sided z-test)."""
    if not found.standard_error:
        return 1.0 if not found.value else 0.0
    return 2 * NormalDist().cdf(-abs(found.value) / found.standard_error)


def sample_ratio_p_value(users: Sequence[int], shares: Sequence[float]) -> float:
    """Return how likely numbers of users as far from their shares, or farther, are where each is drawn by these shares.

    A very small one, such as below 0.001, tells that users or impressions go missing in one variant more than in another, and
    that its figures cannot be trusted.

    Raises:
        EvaluationError: no users.

    Source: Fabijan et al. 2019, Diagnosing sample ratio mismatch in online controlled experiments (chi-squared test).
    """
    total = sum(users)
    if not total:
        raise EvaluationError("got numbers of 0 users in all; expected at least 1. Wait for impressions.")
    expected = [total * share / sum(shares) for share in shares]
    statistic = sum((found - due) ** 2 / due for found, due in zip(users, expected, strict=True))
    return float(chdtrc(len(users) - 1, statistic))
