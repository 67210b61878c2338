"""Vectors of several models in one space, and their mean.

Scores are products of vectors, so they stay as they are when all vectors of a model are turned together. Two trainings of one
model may end as turned copies of each other, and a mean of these means nothing until one of them is turned back.

Sources: Schönemann 1966, A generalized solution of the orthogonal Procrustes problem. Aligning before averaging is that of
Ainsworth, Hayase & Srinivasa 2023, Git Re-Basin (arXiv:2209.04836), whose hidden units can only be permuted.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gnn.vector_scorer import VectorScorer, of_length_one


def comparable(vectors: VectorScorer, size: int) -> VectorScorer:
    """Return vectors of ``size`` numbers, filled up with zeros, that rank as they did and are as long as those of other models.

    Users are of length one, and all items as much longer or shorter as it takes for a user's scores to have variance 1, in the
    mean over users: then no model counts more than another in a mean because of the unit of its scores.
    """
    users, items = (_filled_up(part, size) for part in (of_length_one(vectors.users), vectors.items))
    centred = (items - items.mean(axis=0)).astype(np.float64)
    number = max(1, int(users.any(axis=1).sum())) * len(items)
    # The sum of all squared scores, as the product of two small matrices.
    deviation = np.sqrt(max(0.0, float(np.sum((users.T @ users) * (centred.T @ centred)))) / number)
    return VectorScorer(users, items if deviation == 0 else (items / deviation).astype(np.float32))


def aligned(vectors: VectorScorer, to: VectorScorer) -> VectorScorer:
    """Return vectors turned, and mirrored if need be, until they are as near to others of the same size as can be, in squares.

    Scores stay as they are. Users and items count alike, whatever their numbers and lengths; a node without a vector, whose
    numbers are zeros in either model, counts nothing.
    """
    sides = (vectors.users, to.users), (vectors.items, to.items)
    left, _, right = np.linalg.svd(np.sum([_products(one, other) for one, other in sides], axis=0))
    turn = (left @ right).astype(np.float32)
    return VectorScorer(vectors.users @ turn, vectors.items @ turn)


def averaged(members: Sequence[VectorScorer]) -> VectorScorer:
    """Return the mean of vectors that are :func:`aligned`; users' are of length one again.

    Of a node that some have no vector of, zeros, it is the mean of the others.
    """
    users, items = (_mean_of_known(parts) for parts in zip(*((one.users, one.items) for one in members), strict=True))
    return VectorScorer(of_length_one(users), items)


def _filled_up(part: NDArray[np.float32], size: int) -> NDArray[np.float32]:
    return np.pad(part, ((0, 0), (0, size - part.shape[1])))


def _products(one: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.float64]:
    scale = float(np.linalg.norm(one)) * float(np.linalg.norm(other))
    found: NDArray[np.float64] = (one.T @ other).astype(np.float64) / (scale or 1.0)
    return found


def _mean_of_known(parts: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    number = np.sum([part.any(axis=1) for part in parts], axis=0)
    mean: NDArray[np.float32] = (np.sum(parts, axis=0) / np.maximum(number, 1)[:, None]).astype(np.float32)
    return mean
