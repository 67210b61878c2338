"""What lists are like beside being right: how unknown, how varied, and how true to what each user took before."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from gnn.errors import EvaluationError
from gnn.holdout import Holdout

PerList = NDArray[np.float64]

_MOST_USERS = 10_000  # whose interactions tell how alike items are; of more, a sample
_BLOCK = 2**22  # numbers held at a time
_MIXED_IN = 0.01  # of the past, so that what a list lacks has a finite cost


class BeyondAccuracy:
    """Measures of lists against the interactions that were learnt from.

    ``novelty``, in bits: the mean over a list of ``−log₂`` of the share of users who met an item, one user at least.
    ``diversity``, 0 to 1: the mean over a list's pairs of items of 1 − the cosine of who met them (of 10,000 users drawn at
    random where there are more); 0 for a list of one. ``miscalibration``, in nats, lower is better: the Kullback–Leibler
    divergence of the list's groups of items from those of the user's past in the domain, 1 % of the past mixed into the list;
    a user without one is compared with all users.

    ``groups``: float[num_items, num_groups], which groups an item is of, such as its genres, each row in equal shares;
    None: three by popularity, those of all interactions that are most met, least met, and between, each with a third.

    Source: novelty, Zhou et al. 2010, Solving the apparent diversity-accuracy dilemma (PNAS 107:10), self-information;
    diversity, Ziegler et al. 2005, Improving Recommendation Lists through Topic Diversification (WWW); calibration, Steck
    2018, Calibrated Recommendations (RecSys), eq. 2 to 6, α 0.01, all places of a list alike.
    """

    def __init__(self, holdout: Holdout, groups: sparse.csr_array | None = None, seed: int = 0) -> None:
        met = sparse.csr_array((np.ones(holdout.seen.nnz), holdout.seen.indices, holdout.seen.indptr), shape=holdout.seen.shape)
        of_item = np.bincount(met.indices, minlength=holdout.num_items)
        self._information = math.log2(max(holdout.num_users, 1)) - np.log2(np.maximum(of_item, 1))
        self._vectors = _unit_rows(_some_rows(met, seed).T)
        if groups is not None and groups.shape[0] != holdout.num_items:
            raise EvaluationError(
                f"got groups of {groups.shape[0]} items; expected a row for each of {holdout.num_items}. Number them alike."
            )
        self._groups = _shares(popularity_groups(of_item, holdout) if groups is None else groups)
        self._met = met

    def measure(self, top: NDArray[np.int64], holdout: Holdout) -> dict[str, PerList]:
        """Return ``novelty``, ``diversity`` and ``miscalibration`` of lists int64[m, k], -1 for none: float64[m] each."""
        shown = top >= 0
        novelty = np.where(shown, self._information[top], 0).sum(axis=1) / np.maximum(shown.sum(axis=1), 1)
        diversity = np.concatenate([np.zeros(0), *(self._diversity(rows) for rows in self._blocks(top))])
        return {"novelty": novelty, "diversity": diversity, "miscalibration": self._miscalibration(top, holdout)}

    def _blocks(self, top: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
        size = max(1, _BLOCK // max(self._vectors.shape[1], 1))
        return (top[start : start + size] for start in range(0, len(top), size))

    def _diversity(self, top: NDArray[np.int64]) -> PerList:
        """Mean distance of pairs: the squared length of the sum of unit vectors holds all pairs' cosines, and each own."""
        lists = _as_rows(top, len(self._information))
        total = lists @ self._vectors
        has_vector = (np.diff(self._vectors.indptr) > 0).astype(np.float64)
        cosines = np.asarray(total.multiply(total).sum(axis=1)) - lists @ has_vector
        length = (top >= 0).sum(axis=1)
        pairs = length * (length - 1)
        distance: PerList = np.zeros(len(top))
        np.divide(pairs - cosines, pairs, out=distance, where=pairs > 0)
        return distance

    def _miscalibration(self, top: NDArray[np.int64], holdout: Holdout) -> PerList:
        divergence: PerList = np.zeros(len(top))
        for number, items in enumerate(holdout.domains.values()):
            of_domain = np.flatnonzero(holdout.domain == number)
            groups = self._groups[items]
            met = self._met[:, items]
            everyone = np.asarray((np.ones(met.shape[0]) @ met) @ groups)
            size = max(1, _BLOCK // max(groups.shape[1], 1))
            for start in range(0, len(of_domain), size):
                rows = of_domain[start : start + size]
                past = (met[holdout.users[rows]] @ groups).toarray()
                past[past.sum(axis=1) == 0] = everyone
                lists = _as_rows(np.where(top[rows] >= 0, top[rows] - items.start, -1), groups.shape[0])
                divergence[rows] = kullback_leibler(past, (lists @ groups).toarray())
        return divergence


def kullback_leibler(past: NDArray[np.float64], shown: NDArray[np.float64]) -> PerList:
    """Return the divergence in nats of what is shown from the past, both as amounts of groups, float64[n, num_groups].

    1 % of the past is mixed into what is shown; a past of nothing has none.
    """
    p, q = (np.divide(part, total, out=np.zeros(part.shape), where=total > 0) for part, total in _with_totals(past, shown))
    q = (1 - _MIXED_IN) * q + _MIXED_IN * p
    ratio = np.divide(p, q, out=np.ones_like(p), where=p > 0)
    divergence: PerList = (p * np.log(ratio)).sum(axis=1)
    return divergence


def popularity_groups(of_item: NDArray[np.int64], holdout: Holdout) -> sparse.csr_array:
    """Return three groups of each domain's items, most met first, each with about a third of the domain's interactions."""
    group = np.zeros(holdout.num_items, np.int64)
    for items in holdout.domains.values():
        counts = of_item[items]
        order = np.argsort(-counts, kind="stable")
        before = np.cumsum(counts[order]) - counts[order]
        group[order + items.start] = np.minimum(3 * before // max(counts.sum(), 1), 2)
    return sparse.csr_array((np.ones(len(group)), (np.arange(len(group)), group)), shape=(len(group), 3))


def _with_totals(*parts: NDArray[np.float64]) -> Iterator[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    return ((part, part.sum(axis=1, keepdims=True)) for part in parts)


def _as_rows(top: NDArray[np.int64], num_items: int) -> sparse.csr_array:
    """Return lists int64[m, k] as a matrix float64[m, num_items] of ones."""
    row, place = np.nonzero(top >= 0)
    return sparse.csr_array((np.ones(len(row)), (row, top[row, place])), shape=(len(top), num_items))


def _some_rows(matrix: sparse.csr_array, seed: int) -> sparse.csr_array:
    if matrix.shape[0] <= _MOST_USERS:
        return matrix
    return matrix[np.sort(np.random.default_rng(seed).choice(matrix.shape[0], _MOST_USERS, replace=False))]


def _unit_rows(matrix: sparse.csr_array) -> sparse.csr_array:
    rows = sparse.csr_array(matrix)
    return sparse.csr_array((rows.data / np.sqrt(_spread(rows.power(2))), rows.indices, rows.indptr), shape=rows.shape)


def _shares(matrix: sparse.csr_array) -> sparse.csr_array:
    rows = sparse.csr_array(matrix, dtype=np.float64)
    return sparse.csr_array((rows.data / _spread(rows), rows.indices, rows.indptr), shape=rows.shape)


def _spread(rows: sparse.csr_array) -> NDArray[np.float64]:
    """Return each entry's row sum."""
    return np.repeat(np.asarray(rows.sum(axis=1)), np.diff(rows.indptr))
