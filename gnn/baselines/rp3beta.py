"""Items reached by a walk of three steps from the user, those that all walks reach discounted."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from gnn.baselines.baseline import Baseline
from gnn.baselines.nearest import keep_largest, product_blocks
from gnn.errors import TrainingError
from gnn.interactions import Interactions


class RP3beta(Baseline):
    """Score an item by the chance that user → item → user → item ends there, over its popularity to the ``beta``.

    ``p(i, j) = Σ_v (x_vi / d_i)^α (x_vj / d_v)^α / d_j^β`` with degrees ``d``; of each item the ``neighbours`` most likely are
    kept, itself left out; a user's score adds ``(x_ui / d_u)^α p(i, j)`` over the items i that they took.

    Source: Paudel et al. 2017, Updatable, Accurate, Diverse, and Scalable Recommendations for Interactive Applications (ACM
    TiiS 7:1), sec. 3; nearest neighbours only, as Ferrari Dacrema et al. 2019 (arXiv:1907.06902) found it best.
    """

    GRID: ClassVar = {"alpha": (0.4, 0.7, 1.0), "beta": (0.0, 0.2, 0.4, 0.6), "neighbours": (100, 500)}

    def __init__(self, alpha: float = 1.0, beta: float = 0.4, neighbours: int = 500) -> None:
        if not alpha > 0 or beta < 0 or neighbours < 1:
            raise TrainingError(
                f"RP3beta got alpha={alpha}, beta={beta}, neighbours={neighbours}; expected above 0, at least 0 and 1. "
                "Try 0.4 to 1.2, 0 to 1, and 100 to 1000."
            )
        self.alpha = alpha
        self.beta = beta
        self.neighbours = neighbours

    def _fit(self, pairs: Interactions) -> None:
        of_user = sparse.csr_array(pairs.matrix(), dtype=np.float64)
        of_item = sparse.csr_array(of_user.T)
        popularity = np.asarray(of_item.sum(axis=1))
        self._first = _steps(of_user, self.alpha)
        back = _steps(of_item, self.alpha)
        discount = np.where(popularity > 0, popularity, 1.0) ** -self.beta
        blocks = [
            keep_largest(_discounted(back[rows] @ self._first, discount), rows.start, self.neighbours)
            for rows in product_blocks(back, self._first)
        ]
        self.walks = sparse.csr_array(sparse.vstack(blocks), dtype=np.float32)
        self._first = sparse.csr_array(self._first, dtype=np.float32)

    def score(self, user_index: NDArray[np.int64]) -> NDArray[np.float32]:
        """Map int64[b] to float32[b, num_items]."""
        scores: NDArray[np.float32] = (self._first[user_index] @ self.walks).toarray()
        return scores


def _steps(matrix: sparse.csr_array, alpha: float) -> sparse.csr_array:
    """Return each row's chances of a step, to the power ``alpha``."""
    total = np.repeat(np.asarray(matrix.sum(axis=1)), np.diff(matrix.indptr))
    chance = np.divide(matrix.data, total, out=np.zeros_like(matrix.data), where=total > 0)
    return sparse.csr_array((chance**alpha, matrix.indices, matrix.indptr), shape=matrix.shape)


def _discounted(walks: sparse.csr_array, discount: NDArray[np.float64]) -> sparse.csr_array:
    walks.data *= discount[walks.indices]
    return walks
