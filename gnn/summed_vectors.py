"""The sum of several models' standardised scores as vectors, where all of them are models of vectors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gnn.vector_scorer import VectorScorer


def summed_vectors(members: Sequence[tuple[VectorScorer, float]]) -> VectorScorer:
    """Return vectors whose products are those of :class:`gnn.fuse.Fused`; no score is computed.

    A user's mean score is the product with the mean of all items, and the variance a quadratic form in the items' covariance,
    so what is standardised is a product of vectors again: of the user by their deviation, and of items less their mean. Vectors
    have as many numbers as those of all members together; users are as long as it takes.
    """
    widths = [vectors.items.shape[1] for vectors, _ in members]
    first = members[0][0]
    users, items = (np.empty((len(part), sum(widths)), np.float32) for part in (first.users, first.items))
    ends = np.cumsum(widths).tolist()
    for (vectors, weight), width, end in zip(members, widths, ends, strict=True):
        asking, asked = vectors.users.astype(np.float64), vectors.items.astype(np.float64)
        centred = asked - asked.mean(axis=0)
        variance = np.sum(asking @ (centred.T @ centred / len(centred)) * asking, axis=1)
        deviation = np.sqrt(np.maximum(variance, 0))[:, None]
        # Rounding leaves a trace of deviation where there is none.
        largest = np.linalg.norm(asking, axis=1, keepdims=True) * np.linalg.norm(asked, axis=1).max()
        usable = deviation > 1e-6 * largest
        of_member = slice(end - width, end)
        users[:, of_member] = np.where(usable, weight * asking / np.where(usable, deviation, 1), 0)
        items[:, of_member] = centred
    return VectorScorer(users, items)
