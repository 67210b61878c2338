"""Whether two models lie in one valley: what is lost half way from the one to the other.

Source: Frankle, Dziugaite, Roy & Carbin 2020, Linear mode connectivity and the lottery ticket hypothesis (arXiv:1912.05671),
section 2: the error barrier, here of a ranking metric and half way alone.
"""

from __future__ import annotations

from dataclasses import dataclass

from gnn.evaluate import Evaluation
from gnn.fuse import Gain


@dataclass(frozen=True)
class Barrier:
    """``height``: how far a metric, a mean over users, falls ``half_way`` below the mean of both ends; below 0: it rises.

    ``error`` is the standard error of the height, by users.
    """

    ends: tuple[float, float]
    half_way: float
    height: float
    error: float

    @classmethod
    def of(cls, one: Evaluation, other: Evaluation, half_way: Evaluation, metric: str) -> Barrier:
        """Return the barrier between two models that were evaluated on the same holdout, as was what lies half way."""
        fall = Gain.of((one.per_user[metric] + other.per_user[metric]) / 2 - half_way.per_user[metric])
        return cls((one.metrics[metric], other.metrics[metric]), half_way.metrics[metric], fall.mean, fall.error)

    @property
    def is_connected(self) -> bool:
        """Whether the two can be averaged: there is no barrier that is more than chance."""
        return self.height <= 2 * self.error
