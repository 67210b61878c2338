"""Items like those the user took: the cosine of item columns, shrunk, nearest neighbours only."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from gnn.baselines.baseline import Baseline
from gnn.baselines.nearest import keep_largest, product_blocks
from gnn.errors import TrainingError
from gnn.interactions import Interactions


class ItemKNN(Baseline):
    """Score an item by the summed similarity of its ``neighbours`` nearest items that the user took.

    ``sim(i, j) = x_i · x_j / (|x_i| |x_j| + shrinkage)``. Memory is at most ``neighbours`` numbers an item.

    Source: Sarwar et al. 2001 (WWW) and, for the shrinkage, Ferrari Dacrema et al. 2019 (arXiv:1907.06902),
    who found that it beats many neural models once tuned.
    """

    GRID: ClassVar = {"neighbours": (50, 100, 200, 500, 1000), "shrinkage": (0.0, 10.0, 50.0, 100.0)}

    def __init__(self, neighbours: int = 200, shrinkage: float = 0.0) -> None:
        if neighbours < 1 or shrinkage < 0:
            raise TrainingError(
                f"ItemKNN got neighbours={neighbours}, shrinkage={shrinkage}; expected at least 1 and 0. "
                "Try 50 to 1000, and 0 to 100."
            )
        self.neighbours = neighbours
        self.shrinkage = shrinkage

    def _fit(self, pairs: Interactions) -> None:
        self._interactions = interactions = pairs.matrix()
        by_item = sparse.csr_array(interactions.T, dtype=np.float64)
        norms = np.sqrt(np.asarray(by_item.power(2).sum(axis=1)))
        blocks = [
            keep_largest(self._similarity_of(by_item[rows] @ interactions, rows.start, norms), rows.start, self.neighbours)
            for rows in product_blocks(by_item, interactions)
        ]
        # A row holds an item's neighbours; users' rows are multiplied by columns.
        self.similarity = sparse.csr_array(sparse.vstack(blocks).T, dtype=np.float32)

    def _similarity_of(self, shared: sparse.csr_array, start: int, norms: NDArray[np.float64]) -> sparse.csr_array:
        """Turn a block's dot products float64[b, num_items] into similarities."""
        row_norms = np.repeat(norms[start : start + shared.shape[0]], np.diff(shared.indptr))
        lengths = row_norms * norms[shared.indices] + self.shrinkage
        shared.data = np.divide(shared.data, lengths, out=np.zeros_like(shared.data), where=lengths > 0)
        return shared

    def score(self, user_index: NDArray[np.int64]) -> NDArray[np.float32]:
        """Map int64[b] to float32[b, num_items]."""
        return self.fold_in(self._interactions[user_index])

    def fold_in(self, taken: sparse.csr_array) -> NDArray[np.float32]:
        """Return the scores float32[b, num_items] of users not learnt from, by what they took, float32[b, num_items]."""
        scores: NDArray[np.float32] = (taken @ self.similarity).toarray()
        return scores
