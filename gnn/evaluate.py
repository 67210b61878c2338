"""Rank the whole catalogue for every test user, seen items masked; say how good it was and how sure that is.

With several domains (goods, articles), a user has a list to rank in each domain where something of theirs is to be found: all
items of that domain. A figure over all is the mean over users of the mean over a user's lists, so that each user counts once; a
figure of one domain, ``ndcg@20/Article``, is the mean over its lists.

Only full rankings: metrics over sampled items may order models wrongly (Krichene and Rendle 2020, KDD).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from time import perf_counter
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from gnn.beyond_accuracy import BeyondAccuracy
from gnn.bootstrap import mean_intervals
from gnn.errors import EvaluationError
from gnn.holdout import Holdout
from gnn.metrics import METRICS, coverage, find_hits, mean_by_user
from gnn.slices import Slices
from gnn.topk import NOTHING, mask, top_k

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
    """What one ranking run gave.

    Shapes: ``per_user`` maps "recall@20" and so on to float64[n], a figure for each of the n users with something to find, and
    "recall@20/Article" to those of the users with something to find in that domain or slice; both by ascending user. ``top``
    int64[m, k], a row for each of the holdout's m lists, for the largest k, best first, -1 where nothing is left to show.
    """

    metrics: dict[str, float]
    per_user: dict[str, NDArray[np.float64]]
    top: NDArray[np.int64]
    num_users: int
    num_skipped: int
    query_s: float
    seed: int

    @cached_property
    def intervals(self) -> dict[str, tuple[float, float]]:
        """95 % bootstrap interval (low, high) of each mean over users; worked out when first asked for."""
        intervals: dict[str, tuple[float, float]] = {}
        for names in by_slice(self.per_user):
            bounds = mean_intervals(np.column_stack([self.per_user[name] for name in names]), seed=self.seed)
            intervals |= {name: (float(low), float(high)) for name, (low, high) in zip(names, bounds, strict=True)}
        return intervals


def by_slice(names: Iterable[str]) -> list[list[str]]:
    """Return names of metrics such as "ndcg@20/Article" in groups that are of the same users."""
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(name.partition("/")[2], []).append(name)
    return list(groups.values())


def evaluate(
    scorer: Scorer,
    holdout: Holdout,
    *,
    ks: Sequence[int] = (20,),
    batch_size: int | None = None,
    seed: int = 0,
    beyond: BeyondAccuracy | None = None,
    slices: Slices | None = None,
) -> Evaluation:
    """Return every metric of :data:`gnn.metrics.METRICS`, a mean over users with a test item, and coverage.

    Where there are several domains, those of each domain come after those of all. With ``beyond``, its measures are given too;
    with ``slices``, recall and NDCG of each, as :class:`gnn.slices.Slices` says.
    ``batch_size`` users are scored at a time (by default as many as make a million scores), to bound memory.
    ``query_s`` counts scoring, masking and ranking. ``seed`` is that of the bootstrap.

    Raises:
        EvaluationError: scores of the wrong shape or with NaN, or k below 1.
    """
    if not ks or min(ks) < 1:
        raise EvaluationError(f"got ks={tuple(ks)}; expected one or more whole numbers from 1 up. Pass ks=(20,).")
    size = batch_size or max(1, _BATCH_SCORES // holdout.num_items)
    started = perf_counter()
    top = np.concatenate(list(_rank(scorer, holdout, max(ks), size)))
    query_s = perf_counter() - started
    hits = find_hits(top, holdout.offsets, holdout.items, holdout.num_items)
    per_list = {f"{name}@{k}": metric(hits, holdout.num_relevant, k) for k in ks for name, metric in METRICS.items()}
    if beyond is not None:
        per_list |= {f"{name}@{k}": values for k in ks for name, values in beyond.measure(top[:, :k], holdout).items()}
    per_user = {name: mean_by_user(values, holdout.users) for name, values in per_list.items()}
    covered = {f"coverage@{k}": coverage(top, holdout.num_items, k) for k in ks}
    for number, (domain, items) in enumerate(holdout.domains.items() if len(holdout.domains) > 1 else ()):
        of_domain = holdout.domain == number
        if of_domain.any():
            per_user |= {f"{name}/{domain}": values[of_domain] for name, values in per_list.items()}
            covered |= {f"coverage@{k}/{domain}": coverage(top[of_domain], items.stop - items.start, k) for k in ks}
    if slices:
        per_user |= slices.measure(top, hits, holdout, ks)
    return Evaluation(
        metrics={name: float(values.mean()) for name, values in per_user.items()} | covered,
        per_user=per_user,
        top=top,
        num_users=len(np.unique(holdout.users)),
        num_skipped=holdout.num_skipped,
        query_s=query_s,
        seed=seed,
    )


def _rank(scorer: Scorer, holdout: Holdout, k: int, size: int) -> Iterator[NDArray[np.int64]]:
    """Yield the holdout's lists in order, int64[b, k], at most ``size`` at a time and each time of one domain."""
    for number, items in enumerate(holdout.domains.values()):
        users = holdout.users[holdout.domain == number]
        for start in range(0, len(users), size):
            top = top_k(_unseen_scores(scorer, holdout, users[start : start + size])[:, items], k)
            yield np.where(top == NOTHING, NOTHING, top + items.start)


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
    mask(scores, holdout.seen[users])
    return scores
