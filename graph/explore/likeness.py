"""Which items are most like which: by a release's vectors, or by who met both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

_CELLS_A_BLOCK = 4_000_000  # cosines held at a time
_ZERO = 1e-12  # shorter vectors have no direction


@dataclass(frozen=True, eq=False)
class Likeness:
    """Pairs of items that are alike, each once: ``one`` < ``other``, int64[m], and their cosine, float64[m], above 0."""

    one: NDArray[np.int64]
    other: NDArray[np.int64]
    cosine: NDArray[np.float64]


def alike_by_vectors(vectors: NDArray[np.float32], neighbours: int) -> Likeness:
    """Join each of n items with its ``neighbours`` most like ones by the exact cosine of their vectors, float32[n, d]."""
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return _join_nearest(np.where(length > _ZERO, vectors / np.maximum(length, _ZERO), 0), neighbours)


def alike_by_users(users: Sequence[Sequence[int]], neighbours: int) -> Likeness:
    """Join each of n items with its ``neighbours`` most like ones by the cosine of who met them.

    ``users`` has for each item the distinct users, by whatever numbers.
    """
    sizes = np.asarray([len(ids) for ids in users], np.int64)
    known, column = np.unique(np.asarray([one for ids in users for one in ids], np.int64), return_inverse=True)
    row = np.repeat(np.arange(len(users)), sizes)
    weight = (1 / np.sqrt(np.maximum(sizes, 1)))[row]
    return _join_nearest(sparse.csr_matrix((weight, (row, column)), shape=(len(users), len(known))), neighbours)


def _join_nearest(unit: Any, neighbours: int) -> Likeness:
    """Join rows of length 1, of a dense or sparse matrix; a block of rows at a time bounds the memory."""
    number = unit.shape[0]
    block = max(1, _CELLS_A_BLOCK // max(number, 1))
    kept = min(neighbours, number - 1)
    cosine_of: dict[tuple[int, int], float] = {}
    for start in range(0, number, block) if kept > 0 else ():
        product = unit[start : start + block] @ unit.T
        cosines = product.toarray() if sparse.issparse(product) else np.asarray(product)
        places = np.arange(len(cosines))
        cosines[places, start + places] = -np.inf
        nearest = np.argpartition(-cosines, kept - 1, axis=1)[:, :kept]
        for row, others in enumerate(nearest.tolist(), start):
            for other in others:
                cosine = float(cosines[row - start, other])
                if cosine > 0:
                    cosine_of[min(row, other), max(row, other)] = cosine
    pairs = np.asarray(sorted(cosine_of), np.int64).reshape(-1, 2)
    return Likeness(pairs[:, 0], pairs[:, 1], np.asarray([cosine_of[one, other] for one, other in pairs.tolist()], np.float64))
