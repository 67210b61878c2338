"""Several models on the same users, each set against the first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gnn.beyond_accuracy import BeyondAccuracy
from gnn.bootstrap import Difference, gains
from gnn.evaluate import Evaluation, Scorer, by_slice, evaluate
from gnn.holdout import Holdout
from gnn.slices import Slices


@dataclass(frozen=True)
class Row:
    """One scorer's line in a comparison; ``differences`` are against the first line, which has none."""

    name: str
    metrics: dict[str, float]
    intervals: dict[str, tuple[float, float]]
    differences: dict[str, Difference]
    fit_s: float | None
    query_s: float


def compare(
    scorers: Mapping[str, Scorer],
    holdout: Holdout,
    *,
    ks: Sequence[int] = (20,),
    fit_s: Mapping[str, float] | None = None,
    batch_size: int | None = None,
    seed: int = 0,
    beyond: BeyondAccuracy | None = None,
    slices: Slices | None = None,
) -> list[Row]:
    """Evaluate named scorers on the same users, each against the first by a paired bootstrap.

    ``fit_s``: seconds each took to fit, by name, where known; the rest as for :func:`gnn.evaluate.evaluate`. Every metric of a
    row has an interval and a difference, coverage aside, which is not a mean over users.
    """
    rows: list[Row] = []
    first: Evaluation | None = None
    for name, scorer in scorers.items():
        evaluation = evaluate(scorer, holdout, ks=ks, batch_size=batch_size, seed=seed, beyond=beyond, slices=slices)
        differences = {} if first is None else _differences(evaluation, first, seed)
        first = first or evaluation
        seconds = (fit_s or {}).get(name)
        rows.append(Row(name, evaluation.metrics, evaluation.intervals, differences, seconds, evaluation.query_s))
    return rows


def _differences(evaluation: Evaluation, first: Evaluation, seed: int) -> dict[str, Difference]:
    found: dict[str, Difference] = {}
    for names in by_slice(first.per_user):
        gain = np.column_stack([evaluation.per_user[name] - first.per_user[name] for name in names])
        found |= dict(zip(names, gains(gain, seed), strict=True))
    return found
