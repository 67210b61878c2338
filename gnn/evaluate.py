"""Rank the whole catalogue for every test user, seen items masked; say how good it was and how sure that is.

Only full rankings: metrics over sampled items may order models wrongly (Krichene and Rendle 2020, KDD).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from time import perf_counter
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from gnn.bootstrap import Difference, mean_intervals, paired_bootstrap
from gnn.errors import EvaluationError
from gnn.holdout import Holdout
from gnn.metrics import METRICS, coverage, find_hits
from gnn.topk import top_k

__all__ = ["Evaluation", "Row", "Scorer", "compare", "evaluate", "paired_bootstrap"]

_BATCH_SCORES = 2**20  # scores held at a time when no batch size is given: 4 MiB, and 8 more for their order


class Scorer(Protocol):
    """Anything that gives every item a score for each of some users; higher is better."""

    def score(self, user_index: NDArray[np.int64]) -> NDArray[np.float32]:
        """Map int64[b] to float32[b, num_items]; minus infinity means never to be shown.

        The caller will not write to the array, so a view is fine.
        """
        ...


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What one ranking run gave, over the ``n`` users of ``users``.

    Shapes: ``per_user`` maps "recall@20" and so on to float64[n]; ``users`` int64[n]; ``top`` int64[n, k] for
    the largest k, best first, -1 where nothing is left to show.
    """

    metrics: dict[str, float]
    per_user: dict[str, NDArray[np.float64]]
    users: NDArray[np.int64]
    top: NDArray[np.int64]
    num_users: int
    num_skipped: int
    query_s: float
    seed: int

    @cached_property
    def intervals(self) -> dict[str, tuple[float, float]]:
        """95 % bootstrap interval (low, high) of each mean over users; worked out when first asked for."""
        bounds = mean_intervals(np.column_stack(list(self.per_user.values())), seed=self.seed)
        return {name: (float(low), float(high)) for name, (low, high) in zip(self.per_user, bounds, strict=True)}


@dataclass(frozen=True)
class Row:
    """One scorer's line in a comparison; ``differences`` are against the first line, which has none."""

    name: str
    metrics: dict[str, float]
    intervals: dict[str, tuple[float, float]]
    differences: dict[str, Difference]
    fit_s: float | None
    query_s: float


def evaluate(
    scorer: Scorer,
    holdout: Holdout,
    *,
    ks: Sequence[int] = (20,),
    batch_size: int | None = None,
    seed: int = 0,
) -> Evaluation:
    """Return every metric of :data:`gnn.metrics.METRICS`, a mean over users with a test item, and coverage.

    ``batch_size`` users are scored at a time (by default as many as make a million scores), to bound memory.
    ``query_s`` counts scoring, masking and ranking. ``seed`` is that of the bootstrap.

    Raises:
        EvaluationError: scores of the wrong shape or with NaN, or k below 1.
    """
    if not ks or min(ks) < 1:
        raise EvaluationError(f"got ks={tuple(ks)}; expected one or more whole numbers from 1 up. Pass ks=(20,).")
    size = batch_size or max(1, _BATCH_SCORES // holdout.num_items)
    started = perf_counter()
    parts = [
        top_k(_unseen_scores(scorer, holdout, holdout.users[start : start + size]), max(ks))
        for start in range(0, len(holdout.users), size)
    ]
    query_s = perf_counter() - started
    top = np.concatenate(parts)
    hits = find_hits(top, holdout.offsets, holdout.items, holdout.num_items)
    per_user = {f"{name}@{k}": metric(hits, holdout.num_relevant, k) for k in ks for name, metric in METRICS.items()}
    return Evaluation(
        metrics={name: float(values.mean()) for name, values in per_user.items()}
        | {f"coverage@{k}": coverage(top, holdout.num_items, k) for k in ks},
        per_user=per_user,
        users=holdout.users,
        top=top,
        num_users=len(holdout.users),
        num_skipped=holdout.num_skipped,
        query_s=query_s,
        seed=seed,
    )


def compare(
    scorers: Mapping[str, Scorer],
    holdout: Holdout,
    *,
    ks: Sequence[int] = (20,),
    fit_s: Mapping[str, float] | None = None,
    batch_size: int | None = None,
    seed: int = 0,
) -> list[Row]:
    """Evaluate named scorers on the same users, each against the first by a paired bootstrap.

    ``fit_s``: seconds each took to fit, by name, where known. Every metric of a row has an interval and a
    difference, coverage aside, which is not a mean over users.
    """
    rows: list[Row] = []
    first: Evaluation | None = None
    for name, scorer in scorers.items():
        evaluation = evaluate(scorer, holdout, ks=ks, batch_size=batch_size, seed=seed)
        differences = (
            {key: paired_bootstrap(evaluation.per_user[key], base, seed) for key, base in first.per_user.items()}
            if first
            else {}
        )
        first = first or evaluation
        seconds = (fit_s or {}).get(name)
        rows.append(Row(name, evaluation.metrics, evaluation.intervals, differences, seconds, evaluation.query_s))
    return rows


def _unseen_scores(scorer: Scorer, holdout: Holdout, users: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return a batch's scores with seen items at minus infinity, float32[b, num_items]."""
    given = np.asarray(scorer.score(users))
    expected = (len(users), holdout.num_items)
    if given.shape != expected:
        raise EvaluationError(
            f"{type(scorer).__name__}.score gave an array of shape {given.shape}; expected {expected}, "
            "a row a user and a column an item. Fit it on the counts the Holdout has."
        )
    scores = np.array(given, dtype=np.float32, order="C")
    missing = np.isnan(scores)
    if missing.any():
        row, item = np.argwhere(missing)[0]
        raise EvaluationError(
            f"{type(scorer).__name__}.score gave {int(missing.sum())} NaN, the first for user_index "
            f"{users[row]} and item_index {item}; expected numbers. "
            "Check training for divergence, and features for missing values."
        )
    seen = holdout.seen[users]
    scores[np.repeat(np.arange(len(users)), np.diff(seen.indptr)), seen.indices] = -np.inf
    return scores
