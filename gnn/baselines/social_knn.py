"""Items that a user's friends met."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from gnn.baselines.baseline import Baseline
from gnn.errors import TrainingError
from gnn.interactions import Interactions


class SocialKNN(Baseline):
    """Score an item by the share of those whom a user has ties with who took it, each by the weight of taking it.

    ``ties``: float32[num_users, num_users], above 0 where the one of the row has the one of the column. Who has nobody has
    scores of 0 for all items.

    Raises:
        TrainingError: ``ties`` are of another number of users.

    Source: user-based nearest neighbours with ties in place of likeness, as in Massa & Avesani 2007, Trust-aware Recommender
    Systems (RecSys).
    """

    def __init__(self, ties: sparse.csr_array) -> None:
        self.ties = ties

    def _fit(self, pairs: Interactions) -> None:
        if self.ties.shape != (pairs.num_users, pairs.num_users):
            raise TrainingError(
                f"SocialKNN got ties between {self.ties.shape[0]:,} users and interactions of {pairs.num_users:,}; expected as "
                "many. Number users of both alike."
            )
        number = np.maximum(np.diff(self.ties.indptr), 1).astype(np.float32)
        self._friends = sparse.csr_array(sparse.diags_array(1 / number) @ (self.ties > 0), dtype=np.float32)
        self._interactions = pairs.matrix()

    def score(self, user_index: NDArray[np.int64]) -> NDArray[np.float32]:
        """Map int64[b] to float32[b, num_items]."""
        scores: NDArray[np.float32] = (self._friends[user_index] @ self._interactions).toarray()
        return scores
