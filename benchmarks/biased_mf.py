"""Biased matrix factorisation by alternating least squares: what ratings are commonly foretold by, tuned on validation.

r̂(u, i) = mean + b_u + b_i + p_u · q_i; each user's, and each item's, parameters are the ridge regression of what is left on
those of the others, its penalty growing with the number of ratings n as λ n or λ √n.

Source: Koren, Bell & Volinsky 2009, Matrix factorization techniques for recommender systems (IEEE Computer); the penalty:
Zhou et al. 2008, Large-scale parallel collaborative filtering (AAIM).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

SIZES = (0, 4, 8, 16, 32)
PENALTIES = {1.0: (0.03, 0.05, 0.07, 0.1, 0.15), 0.5: (0.5, 1.0, 2.0, 4.0)}  # λ by the power of n that it grows with
_PASSES = 15


@dataclass(frozen=True)
class Ratings:
    """Values that users gave items: ``user``, ``item`` int64[n] by index, ``value`` float64[n]."""

    user: NDArray[np.int64]
    item: NDArray[np.int64]
    value: NDArray[np.float64]


@dataclass(frozen=True)
class BiasedMF:
    """A fitted model; what it foretells is cut to the values that it learnt from."""

    mean: float
    users: NDArray[np.float64]
    items: NDArray[np.float64]
    lowest: float
    highest: float

    def rmse(self, ratings: Ratings) -> float:
        """Return the root mean squared error on ratings."""
        foretold = self.mean + np.einsum("nk,nk->n", self.users[ratings.user], self.items[ratings.item])
        return float(np.sqrt(np.square(foretold.clip(self.lowest, self.highest) - ratings.value).mean()))


def fit(ratings: Ratings, num_users: int, num_items: int, size: int, penalty: float, power: float, seed: int = 0) -> BiasedMF:
    """Return the model of ``size`` dimensions; a user or item without a rating is as the mean of all."""
    rng = np.random.default_rng(seed)
    users, items = (
        np.column_stack([rng.normal(0, 0.1, (count, size)), np.zeros((count, 2))]) for count in (num_users, num_items)
    )
    users[:, size + 1] = items[:, size] = 1  # a user's vector is [p, b, 1], an item's [q, 1, b]
    mean = float(ratings.value.mean())
    rest = ratings.value - mean
    by_user, by_item = list(_groups(ratings.user)), list(_groups(ratings.item))
    for _ in range(_PASSES):
        _solve(users, items, by_user, ratings.item, rest, size + 1, penalty, power)
        _solve(items, users, by_item, ratings.user, rest, size, penalty, power)
    for side, known, fixed in ((users, ratings.user, size + 1), (items, ratings.item, size)):
        unknown = np.setdiff1d(np.arange(len(side)), known)
        side[unknown] = 0
        side[unknown, fixed] = 1
    return BiasedMF(mean, users, items, float(ratings.value.min()), float(ratings.value.max()))


def tuned(train: Ratings, valid: Ratings, both: Ratings, num_users: int, num_items: int) -> tuple[BiasedMF, dict[str, float]]:
    """Return the model fitted to train and valid with the settings that did best on valid, and these with their RMSE there."""
    trials = []
    for size, (power, penalties) in product(SIZES, PENALTIES.items()):
        for penalty in penalties:
            rmse = fit(train, num_users, num_items, size, penalty, power).rmse(valid)
            trials.append({"size": size, "penalty": penalty, "power": power, "valid_rmse": rmse})
    best = min(trials, key=lambda trial: trial["valid_rmse"])
    model = fit(both, num_users, num_items, int(best["size"]), best["penalty"], best["power"])
    return model, best


def _groups(owner: NDArray[np.int64]) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Yield each owner with the rows that are theirs."""
    order = np.argsort(owner, kind="stable")
    owners, first = np.unique(owner[order], return_index=True)
    yield from zip(owners.tolist(), np.split(order, first[1:]), strict=True)


def _solve(
    mine: NDArray[np.float64],
    others: NDArray[np.float64],
    groups: list[tuple[int, NDArray[np.int64]]],
    other: NDArray[np.int64],
    rest: NDArray[np.float64],
    fixed: int,
    penalty: float,
    power: float,
) -> None:
    """Set the vectors of one side; ``fixed`` is the column that stays 1, whose factor is the other side's bias."""
    free = np.delete(np.arange(mine.shape[1]), fixed)
    for owner, rows in groups:
        known = others[other[rows]]
        inputs = known[:, free]
        gram = inputs.T @ inputs + penalty * len(rows) ** power * np.eye(len(free))
        mine[owner, free] = np.linalg.solve(gram, inputs.T @ (rest[rows] - known[:, fixed]))
