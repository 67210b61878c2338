"""The strongest neighbours of each item: what a release writes between items, so that Cypher can walk from one to the next."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from graph.errors import ReleaseError

MOST_NEIGHBOURS = 50
"""Neighbours that an item may have, at most."""
_SCORES_AT_ONCE = 1 << 22

WeighedBy = Literal["ease", "rp3beta", "cosine"]
"""What likeness is measured by: weights of the closed-form item-item model, walks of three steps, or the vectors' cosine."""
Retrieve = Literal["vectors", "vectors+similar"]
"""What finds candidates: a release's vector index alone, or with it the relationships from items to their neighbours."""


@dataclass(frozen=True)
class Neighbours:
    """The neighbours of n items of one domain, k at most each, the strongest first.

    ``places``: int32[n, k], the row of each neighbour among the n; ``weights``: float32[n, k], above 0, and 0 in the place of
    one where an item has fewer.

    Raises:
        ReleaseError: shapes that differ, weights that are not so or not falling, a neighbour that is not there, or an item that
            is its own.
    """

    places: NDArray[np.int32]
    weights: NDArray[np.float32]

    def __post_init__(self) -> None:
        if self.places.ndim != 2 or self.places.shape != self.weights.shape or self.places.shape[1] > MOST_NEIGHBOURS:
            raise ReleaseError(
                f"got neighbours of shape {self.places.shape} with weights of shape {self.weights.shape}; expected the same, "
                f"an item a row, and at most {MOST_NEIGHBOURS} each"
            )
        if not np.isfinite(self.weights).all() or (self.weights < 0).any() or (np.diff(self.weights, axis=1) > 0).any():
            raise ReleaseError("got weights of neighbours that are no numbers, below 0 or rising; train again")
        rows = np.arange(len(self.places))[:, None]
        is_wrong = self.is_there & ((self.places < 0) | (self.places >= len(rows)) | (self.places == rows))
        if is_wrong.any():
            raise ReleaseError(
                f"item {is_wrong.any(axis=1).argmax()} has a neighbour that is not there, or itself; train again"
            )

    @property
    def is_there(self) -> NDArray[np.bool_]:
        """Which of the n times k are neighbours, bool[n, k]."""
        return self.weights > 0

    @property
    def number(self) -> int:
        """Number of neighbours of all items together."""
        return int(self.is_there.sum())

    def first(self, k: int) -> Neighbours:
        """Return the strongest ``k`` of each item."""
        return Neighbours(self.places[:, :k], self.weights[:, :k])

    def matrix(self) -> sparse.csr_array:
        """Return the weights as float32[n, n], from an item, a row, to its neighbours."""
        rows, _ = np.nonzero(self.is_there)
        shape = (len(self.places), len(self.places))
        return sparse.csr_array((self.weights[self.is_there], (rows, self.places[self.is_there])), shape=shape)

    def among(self, stays: NDArray[np.bool_], num_new: int) -> Neighbours:
        """Return those among the items that stay, bool[n], followed by ``num_new`` items that have none."""
        width = self.places.shape[1]
        renumbered = np.where(stays, np.cumsum(stays) - 1, -1).astype(np.int32)
        places = np.where(self.is_there, renumbered[self.places], -1)[stays]
        weights = np.where(places >= 0, self.weights[stays], 0)
        order = np.argsort(-weights, axis=1, kind="stable")
        places, weights = (np.take_along_axis(of, order, axis=1) for of in (np.maximum(places, 0), weights))
        return Neighbours(
            np.concatenate([places, np.zeros((num_new, width), np.int32)]),
            np.concatenate([weights, np.zeros((num_new, width), np.float32)]),
        )


@dataclass(frozen=True)
class SimilarItems:
    """Neighbours of the items of each domain, in a release's order of them, and what likeness was measured by."""

    by: WeighedBy
    of_domains: tuple[Neighbours, ...]

    def first(self, k: int) -> SimilarItems:
        """Return the strongest ``k`` of each item."""
        return replace(self, of_domains=tuple(one.first(k) for one in self.of_domains))

    def matrix(self) -> sparse.csr_array:
        """Return the weights of all items' neighbours, one domain after the other, as float32[n, n]."""
        return sparse.csr_array(sparse.block_diag([one.matrix() for one in self.of_domains], format="csr"))


def strongest(
    weights_of: Callable[[NDArray[np.int64]], NDArray[np.float32]], num_items: int, k: int, rows_at_once: int = 0
) -> Neighbours:
    """Return the ``k`` neighbours of highest weight above 0 of each item.

    ``weights_of`` maps rows int64[b] to weights float32[b, num_items] of all items as their neighbours.
    """
    k = min(k, max(num_items - 1, 0))
    places, weights = np.zeros((num_items, k), np.int32), np.zeros((num_items, k), np.float32)
    for rows in _blocks(num_items, rows_at_once or max(1, _SCORES_AT_ONCE // max(num_items, 1))):
        of_rows = np.array(weights_of(rows), np.float32)
        of_rows[np.arange(len(rows)), rows] = 0
        if not k:
            continue
        best = np.argpartition(-of_rows, k - 1, axis=1)[:, :k]
        best.sort(axis=1)
        found = np.maximum(np.take_along_axis(of_rows, best, axis=1), 0)
        order = np.argsort(-found, axis=1, kind="stable")
        places[rows], weights[rows] = (np.take_along_axis(of, order, axis=1) for of in (best, found))
    places[weights == 0] = 0
    return Neighbours(places, weights)


def heaviest(weights: sparse.csr_array, k: int) -> Neighbours:
    """Return the ``k`` neighbours of highest weight above 0 of each item, equal ones by place, by weights float32[n, n]."""
    k = min(k, max(weights.shape[0] - 1, 0))
    rows = np.repeat(np.arange(weights.shape[0]), np.diff(weights.indptr))
    order = np.lexsort((weights.indices, -weights.data, rows))
    rank = np.arange(len(order)) - weights.indptr[rows]
    kept = (rank < k) & (weights.data[order] > 0)
    places, found = np.zeros((weights.shape[0], k), np.int32), np.zeros((weights.shape[0], k), np.float32)
    places[rows[kept], rank[kept]] = weights.indices[order[kept]]
    found[rows[kept], rank[kept]] = weights.data[order[kept]]
    return Neighbours(places, found)


def nearest_by_cosine(vectors: NDArray[np.float32], k: int) -> Neighbours:
    """Return the ``k`` items of highest cosine above 0 with each, by exact search among their vectors, float32[n, d]."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    units: NDArray[np.float32] = (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32)
    return strongest(lambda rows: units[rows] @ units.T, len(units), k)


def _blocks(number: int, size: int) -> Iterator[NDArray[np.int64]]:
    for first in range(0, number, size):
        yield np.arange(first, min(first + size, number))
