"""Ranking metrics at k over the whole catalogue, one figure a user, from a top-k matrix.

NDCG follows Järvelin and Kekäläinen 2002 with binary gains, ``1 / log2(rank + 1)``, and the ideal taken over
``min(|test|, k)`` items. KGAT and KGIN take it over the hits found, which reads much higher: do not compare.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

Hits = NDArray[np.bool_]
Counts = NDArray[np.int64]
PerUser = NDArray[np.float64]
Metric = Callable[[Hits, Counts, int], PerUser]
"""(hits bool[n, K], number of test items int64[n], k ≤ K) → float64[n]; 0 for a user with no test item."""


def find_hits(top: NDArray[np.int64], offsets: Counts, items: NDArray[np.int64], num_items: int) -> Hits:
    """Return where a top-k matrix shows a test item, bool[n, k]; negative entries of ``top`` are never hits.

    Shapes: ``top`` int64[n, k]; the test items of row i are ``items[offsets[i]:offsets[i + 1]]``, ascending.
    """
    first = np.arange(len(top)) * num_items
    relevant = np.repeat(first, np.diff(offsets)) + items
    if not relevant.size:
        return np.zeros(top.shape, dtype=np.bool_)
    shown = first[:, None] + top
    place = np.minimum(np.searchsorted(relevant, shown), relevant.size - 1)
    hits: Hits = (relevant[place] == shown) & (top >= 0)
    return hits


def recall(hits: Hits, num_relevant: Counts, k: int) -> PerUser:
    """Share of the test items that were shown."""
    return _ratio(hits[:, :k].sum(axis=1), num_relevant)


def precision(hits: Hits, num_relevant: Counts, k: int) -> PerUser:
    """Share of the k places that hold a test item."""
    return _ratio(hits[:, :k].sum(axis=1), np.full(len(hits), k))


def hit_rate(hits: Hits, num_relevant: Counts, k: int) -> PerUser:
    """1 where any test item was shown, else 0."""
    return _ratio(hits[:, :k].any(axis=1), np.ones(len(hits)))


def mrr(hits: Hits, num_relevant: Counts, k: int) -> PerUser:
    """One over the rank of the first test item shown, 0 if none is."""
    shown = hits[:, :k]
    return _ratio(shown.any(axis=1), shown.argmax(axis=1) + 1)


def ndcg(hits: Hits, num_relevant: Counts, k: int) -> PerUser:
    """Binary gains discounted by rank, over the best that ``min(|test|, k)`` items could give."""
    discount = 1.0 / np.log2(np.arange(2, k + 2))
    ideal = np.concatenate([[0.0], np.cumsum(discount)])[np.minimum(num_relevant, k)]
    shown = hits[:, :k]
    return _ratio(shown @ discount[: shown.shape[1]], ideal)


def coverage(top: NDArray[np.int64], num_items: int, k: int) -> float:
    """Return the share of the catalogue shown to anyone among the first k places."""
    shown = top[:, :k]
    return float(np.unique(shown[shown >= 0]).size / num_items)


def mean_by_user(values: NDArray[np.float64], users: NDArray[np.int64]) -> PerUser:
    """Return the mean of ``values`` float64[m] of each user, by ascending user; ``users`` int64[m] tells whose each is."""
    _, user, num_lists = np.unique(users, return_inverse=True, return_counts=True)
    means: PerUser = np.bincount(user, values) / num_lists
    return means


def _ratio(part: ArrayLike, whole: ArrayLike) -> PerUser:
    part, whole = np.asarray(part), np.asarray(whole)
    ratio: PerUser = np.zeros(len(part))
    np.divide(part, whole, out=ratio, where=whole > 0)
    return ratio


METRICS: dict[str, Metric] = {
    "recall": recall,
    "ndcg": ndcg,
    "hit_rate": hit_rate,
    "mrr": mrr,
    "precision": precision,
}
"""The per-user metrics an evaluation reports, by name."""
