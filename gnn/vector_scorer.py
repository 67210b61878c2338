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
