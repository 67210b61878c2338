"""How sure a mean over users is: the percentile bootstrap, and its paired form for two models."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gnn.errors import EvaluationError

_BLOCK = 2**21  # draws held in memory at a time


@dataclass(frozen=True)
class Difference:
    """The mean of ``a − b`` over users, its interval, and a two-sided bootstrap p-value of no difference."""

    mean: float
    low: float
    high: float
    p_value: float


def resample_means(values: NDArray[np.float64], seed: int, resamples: int) -> NDArray[np.float64]:
    """Return the means of users drawn with replacement, the same draw for every column.

    Shapes: ``values`` float64[num_users, m]; returns float64[resamples, m].
    """
    num_users = len(values)
    if not num_users:
        raise EvaluationError("got figures of 0 users; expected at least 1. Check the users given to the evaluation.")
    rng = np.random.default_rng(seed)
    means = np.empty((resamples, values.shape[1]))
    block = max(1, _BLOCK // num_users)
    for start in range(0, resamples, block):
        rows = min(block, resamples - start)
        draws = rng.integers(num_users, size=(rows, num_users)) + np.arange(rows)[:, None] * num_users
        times = np.bincount(draws.ravel(), minlength=rows * num_users).reshape(rows, num_users)
        means[start : start + rows] = times @ values / num_users
    return means


def mean_intervals(
    values: NDArray[np.float64], *, seed: int = 0, resamples: int = 1000, level: float = 0.95
) -> NDArray[np.float64]:
    """Return (low, high) of each column's mean.

    Shapes: ``values`` float64[num_users, m]; returns float64[m, 2].

    Source: Efron and Tibshirani 1993, An Introduction to the Bootstrap, ch. 13 (percentile interval).
    """
    tail = (1 - level) / 2
    interval: NDArray[np.float64] = np.quantile(resample_means(values, seed, resamples), [tail, 1 - tail], axis=0).T
    return interval


def paired_bootstrap(
    a: NDArray[np.float64],
    b: NDArray[np.float64],
    seed: int = 0,
    *,
    resamples: int = 2000,
    level: float = 0.95,
) -> Difference:
    """Return how much better ``a`` is than ``b`` on the same users, positive where ``a`` is higher.

    Shapes: ``a`` and ``b`` float64[num_users], row for row the same users.

    Raises:
        EvaluationError: arrays of different shapes, or of no users.

    Source: Sakai 2006, Evaluating evaluation metrics based on the bootstrap (paired test over topics).
    """
    a, b = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    if a.shape != b.shape or a.ndim != 1:
        raise EvaluationError(
            f"got figures of shapes {a.shape} and {b.shape}; expected one figure a user for the same users. "
            "Evaluate both on one Holdout."
        )
    (difference,) = gains((a - b)[:, None], seed, resamples=resamples, level=level)
    return difference


def gains(gain: NDArray[np.float64], seed: int = 0, *, resamples: int = 2000, level: float = 0.95) -> list[Difference]:
    """Return how sure each column of gains, float64[num_users, m], is: :func:`paired_bootstrap` for many metrics at once.

    Raises:
        EvaluationError: no users.
    """
    means = resample_means(gain, seed, resamples)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2], axis=0)
    beyond = np.minimum((means <= 0).sum(axis=0), (means >= 0).sum(axis=0))
    p_value = np.minimum(1.0, 2 * (beyond + 1) / (resamples + 1))
    columns = zip(gain.mean(axis=0).tolist(), low.tolist(), high.tolist(), p_value.tolist(), strict=True)
    return [Difference(*column) for column in columns]
