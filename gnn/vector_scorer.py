"""Score items for users by the dot product of their vectors: what an index does, in numpy."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


class VectorScorer:
    """A scorer over user vectors float32[num_users, d] and item vectors float32[num_items, d]."""

    def __init__(self, users: NDArray[np.float32], items: NDArray[np.float32]) -> None:
        self.users = users
        self.items = items

    def score(self, user_index: NDArray[np.int64]) -> NDArray[np.float32]:
        """Map int64[b] to float32[b, num_items]."""
        scores: NDArray[np.float32] = self.users[user_index] @ self.items.T
        return scores


def of_length_one(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return rows, float32[n, d], by their lengths; those of zeros stay so."""
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.where(length > 0, vectors / np.where(length > 0, length, 1), 0).astype(np.float32)
