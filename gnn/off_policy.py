"""What another way to choose would have got, from what one that left something to chance has shown.

An impression counts by how much likelier the other way was to choose it than the one that did: its weight.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gnn.click_through import LEVEL, Interval
from gnn.errors import EvaluationError


@dataclass(frozen=True)
class PolicyValue:
    """Clicks an impression that another way to choose would have got.

    ``ips`` divides by the number of impressions, ``snips`` by their weights, which costs a small bias and mostly varies less.
    ``logged`` is what was got. ``mean_weight``, before any is clipped, is 1 in the long run where all that the other might
    choose could be shown; where it surely is below, ``lacks_support``: the other would show what never was, ``snips`` tells
    only of the rest, and ``ips`` takes what never was shown for not clicked. ``effective_sample_size``: how many impressions of
    equal weight would tell as much. ``num_clipped`` weights were above ``clip`` and count as it, which lowers what varies and
    draws ``ips`` towards 0; None: none is.
    """

    ips: Interval
    snips: Interval | None
    logged: Interval
    num_impressions: int
    num_users: int
    mean_weight: Interval
    lacks_support: bool
    highest_weight: float
    effective_sample_size: float
    clip: float | None
    num_clipped: int


def policy_value(
    user_index: NDArray[np.int64],
    clicked: NDArray[np.float64],
    propensity: NDArray[np.float64],
    chosen: NDArray[np.float64],
    *,
    clip: float | None = None,
    level: float = LEVEL,
) -> PolicyValue:
    """Return what another way to choose would have got; intervals take users as drawn, whose impressions are alike.

    Shapes: all [num_impressions]; ``propensity`` is how likely what was shown was to be shown, ``chosen`` how likely it is by
    the other way, given all that stood before it. ``snips`` is None where the other would have shown none of it.

    Raises:
        EvaluationError: no impressions, impressions of one user, a propensity that is not above 0 and at most 1, or a ``clip``
            that is not above 0.

    Source: Horvitz and Thompson 1952 (inverse propensities); Swaminathan and Joachims 2015, The self-normalized estimator for
    counterfactual learning; Owen 2013, Monte Carlo theory, methods and examples, ch. 9 (variance, effective sample size).
    """
    users, user_index = np.unique(user_index, return_inverse=True)
    if len(users) < 2:
        raise EvaluationError(
            f"got {len(user_index)} impressions of {len(users)} users to estimate from; expected those of two users at least"
        )
    if not ((propensity > 0) & (propensity <= 1)).all():
        raise EvaluationError(
            "got a propensity that is not above 0 and at most 1; leave such impressions out, as it is not known"
        )
    if clip is not None and not clip > 0:
        raise EvaluationError(f"got a clip of {clip}; expected a weight above 0, such as 50, or none")
    weights = chosen / propensity
    ones = np.ones(len(weights))
    mean_weight = _ratio(user_index, weights, ones, level)
    num_clipped = 0 if clip is None else int((weights > clip).sum())
    if clip is not None:
        weights = np.minimum(weights, clip)
    return PolicyValue(
        ips=_ratio(user_index, weights * clicked, ones, level),
        snips=_ratio(user_index, weights * clicked, weights, level) if weights.any() else None,
        logged=_ratio(user_index, clicked, ones, level),
        num_impressions=len(weights),
        num_users=len(users),
        mean_weight=mean_weight,
        lacks_support=mean_weight.high < 1,
        highest_weight=float(weights.max()),
        effective_sample_size=float(weights.sum() ** 2 / (weights**2).sum()) if weights.any() else 0.0,
        clip=clip,
        num_clipped=num_clipped,
    )


def _ratio(user_index: NDArray[np.int64], above: NDArray[np.float64], below: NDArray[np.float64], level: float) -> Interval:
    """Return the ratio of two sums and its interval by the delta method, users being what is drawn."""
    ratio = above.sum() / below.sum()
    beyond = np.bincount(user_index, above - ratio * below)
    error = np.sqrt((beyond**2).sum() * len(beyond) / (len(beyond) - 1)) / below.sum()
    return Interval.of(float(ratio), float(error), level)
