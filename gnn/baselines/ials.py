"""Matrix factorisation of who took what, all else counted as weakly disliked: two least-squares problems in turn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import sparse

from gnn.baselines.baseline import Baseline
from gnn.errors import TrainingError
from gnn.interactions import Interactions

Floats = NDArray[np.float32]

_BLOCK = 2**22  # numbers held at a time for gathered vectors, and for the systems solved: 16 MiB each


class IALS(Baseline):
    """Fit user vectors ``w`` and item vectors ``h`` so that ``w·h`` is 1 where a user took an item, and near 0 elsewhere.

    The loss is ``Σ_taken x_ui (1 − w_u·h_i)² + α₀ Σ_all (w_u·h_i)² + λ Σ_u (n_u + α₀ m) |w_u|² + λ Σ_i (n_i + α₀ k) |h_i|²``,
    with ``n`` the number of interactions of a user or an item, m items and k users: who took more is regularised more. All
    users are solved for exactly, then all items, ``epochs`` times; an epoch takes time of interactions · d² + (k + m) · d³.

    ``unobserved`` is α₀, ``reg`` λ, ``embedding_size`` d. The same ``seed`` gives the same vectors.

    Source: Hu et al. 2008, Collaborative Filtering for Implicit Feedback Datasets (ICDM); the form of the loss, the
    regularisation by frequency and the start: Rendle et al. 2021, Revisiting the Performance of iALS on Item Recommendation
    Benchmarks (arXiv:2110.14037), with ν = 1.
    """

    GRID: ClassVar = {"unobserved": (0.03, 0.1, 0.3), "reg": (0.003, 0.01, 0.03)}

    def __init__(
        self, unobserved: float = 0.1, reg: float = 0.01, embedding_size: int = 64, epochs: int = 12, seed: int = 0
    ) -> None:
        if not (unobserved > 0 and reg > 0 and embedding_size >= 1 and epochs >= 1):
            raise TrainingError(
                f"IALS got unobserved={unobserved}, reg={reg}, embedding_size={embedding_size}, epochs={epochs}; expected all "
                "above 0. Try 0.03 to 1, 0.001 to 0.1, 32 to 256, and 8 to 16."
            )
        self.unobserved = unobserved
        self.reg = reg
        self.embedding_size = embedding_size
        self.epochs = epochs
        self.seed = seed

    def _fit(self, pairs: Interactions) -> None:
        of_user = pairs.matrix()
        of_user.eliminate_zeros()
        of_item = sparse.csr_array(of_user.T)
        rng = np.random.default_rng(self.seed)
        shape = (of_user.shape[1], self.embedding_size)
        self.items: Floats = (0.1 / np.sqrt(self.embedding_size) * rng.standard_normal(shape)).astype(np.float32)
        for _ in range(self.epochs):
            self.users = self._solve(of_user, self.items)
            self.items = self._solve(of_item, self.users)

    def score(self, user_index: NDArray[np.int64]) -> Floats:
        """Map int64[b] to float32[b, num_items]."""
        scores: Floats = self.users[user_index] @ self.items.T
        return scores

    def _solve(self, taken: sparse.csr_array, others: Floats) -> Floats:
        """Return the best vectors float32[n, d] of one side, given those of the other, float32[m, d]."""
        count = np.diff(taken.indptr)
        size = others.shape[1]
        shared = self.unobserved * (others.T @ others)
        penalty = (self.reg * (count + self.unobserved * len(others))).astype(np.float32)
        solved = np.zeros((len(count), size), np.float32)  # which is the answer for those without interactions
        for rows in _blocks(count, size):
            place, filled = _padded(taken.indptr, rows, int(count[rows].max()))
            weight = np.where(filled, taken.data[place], 0)[:, :, None]
            solved[rows] = _least_squares(others[taken.indices[place]], weight, shared, penalty[rows])
        return solved


def _least_squares(vectors: Floats, weight: Floats, shared: Floats, penalty: Floats) -> Floats:
    """Solve ``(VᵀWV + S + pI) x = VᵀW1`` for each row of float32[b, n, d], [b, n, 1], [d, d], [b]; return float32[b, d].

    Torch's batches share the work out by systems, where numpy's wake all threads for each small one.
    """
    known = torch.from_numpy(vectors)
    weighted = (known * torch.from_numpy(weight)).transpose(1, 2)
    systems = torch.baddbmm(torch.from_numpy(shared), weighted, known)
    systems.diagonal(dim1=1, dim2=2).add_(torch.from_numpy(penalty)[:, None])
    found = torch.cholesky_solve(weighted.sum(dim=2, keepdim=True), torch.linalg.cholesky(systems))
    solution: Floats = found[:, :, 0].numpy()
    return solution


def _blocks(count: NDArray[np.int64], size: int) -> Iterator[NDArray[np.int64]]:
    """Yield numbers of rows with entries, those of like counts together so that little is padded, as many as memory allows."""
    order = np.argsort(count, kind="stable")
    start = int((count == 0).sum())
    while start < len(order):
        stop, most = start, 0
        while stop < len(order):
            most = max(most, int(count[order[stop]]))
            if stop > start and (stop + 1 - start) * max(most, size) * size > _BLOCK:
                break
            stop += 1
        yield order[start:stop]
        start = stop


def _padded(first: NDArray[np.int32], rows: NDArray[np.int64], width: int) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the places of the rows' entries int64[b, width], 0 where a row has fewer, and which are filled."""
    place = first[rows][:, None] + np.arange(width)
    filled = place < first[rows + 1][:, None]
    return np.where(filled, place, 0), filled
