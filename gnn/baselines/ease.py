"""A full item–item linear model in closed form, the bar that naive graph networks miss."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.linalg import lapack

from gnn.baselines.baseline import Baseline
from gnn.errors import TrainingError
from gnn.interactions import Interactions

_BLOCK = 1024  # items whose diagonal is worked out at a time
_BYTES_A_PAIR = 20  # at the peak: the Gram matrix in float64, and its sparse form before or float32 copies after


class EASE(Baseline):
    """Predict each item from all others by ridge regression with a zero diagonal.

    ``P = (XᵀX + λI)⁻¹``, ``B_ij = −P_ij / P_jj``, ``B_jj = 0``, scores ``X·B = X − X·P / diag(P)``. With fewer users than
    items, ``X·P = K·X`` with ``K = (XXᵀ + λI)⁻¹``, and no matrix of items by items is made. Time grows with the cube of the
    smaller number and memory with its square, so where both are above ``max_size`` they are refused.

    Raises:
        TrainingError: more than ``max_size`` users and items, or λ that is not positive.

    Source: Steck 2019, Embarrassingly Shallow Autoencoders for Sparse Data (arXiv:1905.03375), eq. 8; the form by users is the
    push-through identity, ``X(XᵀX + λI)⁻¹ = (XXᵀ + λI)⁻¹X``.
    """

    GRID: ClassVar = {"reg": (25.0, 50.0, 100.0, 200.0, 400.0, 800.0)}

    def __init__(self, reg: float = 400.0, max_size: int = 10_000) -> None:
        if not reg > 0:
            raise TrainingError(f"EASE got reg={reg}; expected λ above 0, or XᵀX may be singular. Try 50 to 500.")
        self.reg = reg
        self.max_size = max_size

    def _fit(self, pairs: Interactions) -> None:
        size = min(pairs.num_users, pairs.num_items)
        if size > self.max_size:
            needed = _BYTES_A_PAIR * size**2
            raise TrainingError(
                f"EASE got {pairs.num_users:,} users and {pairs.num_items:,} items, for which it needs about "
                f"{needed:,} bytes ({needed / 2**30:.1f} GiB); expected at most max_size={self.max_size:,} of either. "
                "Use ItemKNN, or raise max_size if the memory and time are there."
            )
        self._interactions = pairs.matrix()
        self._is_by_users = pairs.num_users < pairs.num_items
        if self._is_by_users:
            self._fit_by_users(self._interactions)
        else:
            self._fit_by_items(_dense(self._interactions.T @ self._interactions))

    def _fit_by_items(self, gram: NDArray[np.float64]) -> None:
        """Learn from the items' Gram matrix, float64[num_items, num_items] by columns, which is written over."""
        inverse = self._inverse(gram)
        scale = -1.0 / np.diag(inverse)
        weights = _symmetric(inverse)
        weights *= scale.astype(np.float32)
        np.fill_diagonal(weights, 0)
        self._weights: NDArray[np.float32] = weights

    def _fit_by_users(self, interactions: sparse.csr_array) -> None:
        columns = sparse.csc_array(interactions)
        self._kernel = _symmetric(self._inverse(_dense(interactions @ interactions.T)))
        diagonal = np.empty(interactions.shape[1])
        for start in range(0, len(diagonal), _BLOCK):
            part = columns[:, start : start + _BLOCK]
            diagonal[start : start + _BLOCK] = part.multiply(self._kernel @ part).sum(axis=0)
        self._scale = (self.reg / (1 - diagonal)).astype(np.float32)  # 1 / diag(P), by Woodbury's identity

    def _inverse(self, gram: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the inverse of ``gram + λI``, float64[n, n], its lower triangle alone."""
        gram[np.diag_indices(len(gram))] += self.reg
        factor, failed = lapack.dpotrf(gram, lower=True, clean=False, overwrite_a=True)
        inverse, failed_too = lapack.dpotri(factor, lower=True, overwrite_c=True)
        if failed or failed_too:
            raise TrainingError(f"EASE could not invert XᵀX + {self.reg}·I; expected a positive definite matrix. Raise reg.")
        found: NDArray[np.float64] = inverse
        return found

    def score(self, user_index: NDArray[np.int64]) -> NDArray[np.float32]:
        """Map int64[b] to float32[b, num_items]."""
        taken = self._interactions[user_index]
        if self._is_by_users:
            predicted: NDArray[np.float32] = taken.toarray() - (self._kernel[user_index] @ self._interactions) * self._scale
            return predicted
        scores: NDArray[np.float32] = taken @ self._weights
        return scores

    def fold_in(self, taken: sparse.csr_array) -> NDArray[np.float32]:
        """Return the scores float32[b, num_items] of users not learnt from, by what they took, float32[b, num_items]."""
        if not self._is_by_users:
            scores: NDArray[np.float32] = taken @ self._weights
            return scores
        learnt = self._interactions
        given = taken.toarray()
        explained = ((taken @ learnt.T) @ self._kernel) @ learnt  # X·P = (X − X·Xᵀ·K·X) / λ for users X of any kind
        predicted: NDArray[np.float32] = given - (given - explained) * (self._scale / np.float32(self.reg))
        return predicted


def _dense(gram: sparse.csr_array) -> NDArray[np.float64]:
    dense: NDArray[np.float64] = gram.toarray(order="F").astype(np.float64)
    return dense


def _symmetric(lower: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return a symmetric matrix float32[n, n], of which LAPACK fills one triangle."""
    whole = np.tril(lower.astype(np.float32), -1)
    whole += whole.T
    whole[np.diag_indices(len(whole))] = np.diag(lower)
    return np.ascontiguousarray(whole)
