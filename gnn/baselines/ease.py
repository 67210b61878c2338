"""A full item–item linear model in closed form, the bar that naive graph networks miss."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.linalg import lapack

from gnn.baselines.baseline import Baseline
from gnn.errors import TrainingError

_BYTES_A_PAIR = 20  # at the peak: the Gram matrix in float64, and its sparse form before or float32 copies after


class EASE(Baseline):
    """Predict each item from all others by ridge regression with a zero diagonal.

    ``P = (XᵀX + λI)⁻¹``, ``B_ij = −P_ij / P_jj``, ``B_jj = 0``, scores ``X·B``. Time grows with the cube of
    the number of items and memory with its square, so more than ``max_items`` are refused.

    Raises:
        TrainingError: more than ``max_items`` items, or λ that is not positive.

    Source: Steck 2019, Embarrassingly Shallow Autoencoders for Sparse Data (arXiv:1905.03375), eq. 8.
    """

    GRID: ClassVar = {"reg": (25.0, 50.0, 100.0, 200.0, 400.0, 800.0)}

    def __init__(self, reg: float = 400.0, max_items: int = 20_000) -> None:
        if not reg > 0:
            raise TrainingError(f"EASE got reg={reg}; expected λ above 0, or XᵀX may be singular. Try 50 to 500.")
        self.reg = reg
        self.max_items = max_items

    def _fit(self, interactions: sparse.csr_array) -> None:
        num_items = interactions.shape[1]
        if num_items > self.max_items:
            needed = _BYTES_A_PAIR * num_items**2
            raise TrainingError(
                f"EASE got {num_items:,} items, for which it needs about {needed:,} bytes "
                f"({needed / 2**30:.1f} GiB); expected at most max_items={self.max_items:,}. "
                "Use ItemKNN, or raise max_items if the memory is there."
            )
        self._interactions = interactions
        gram = (interactions.T @ interactions).toarray(order="F").astype(np.float64)
        gram[np.diag_indices(num_items)] += self.reg
        factor, failed = lapack.dpotrf(gram, lower=True, clean=False, overwrite_a=True)
        inverse, failed_too = lapack.dpotri(factor, lower=True, overwrite_c=True)
        if failed or failed_too:
            raise TrainingError(f"EASE could not invert XᵀX + {self.reg}·I; expected a positive definite matrix. Raise reg.")
        scale = -1.0 / np.diag(inverse)
        weights = np.tril(inverse.astype(np.float32), -1)  # LAPACK fills one triangle of a symmetric matrix
        weights += weights.T
        weights *= scale.astype(np.float32)
        self._weights: NDArray[np.float32] = np.ascontiguousarray(weights)

    def score(self, user_index: NDArray[np.int64]) -> NDArray[np.float32]:
        """Map int64[b] to float32[b, num_items]."""
        scores: NDArray[np.float32] = self._interactions[user_index] @ self._weights
        return scores
