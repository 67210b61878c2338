"""What an encoder reads of the nodes of one label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray

PADDING = 0  # category index that stands for "no category here"


@dataclass(frozen=True)
class NodeFeatures:
    """Inputs of n nodes, of one property or of all of a label's side by side.

    ``dense``: float32[n, f], of about unit variance. ``categories``: int64[n, w], below ``num_categories``, padded with 0;
    ``weights``: float32[n, w], how much each category counts, 0 where padded. ``known``: bool[n], whether anything at all is
    known of a node.
    """

    dense: NDArray[np.float32]
    categories: NDArray[np.int64]
    weights: NDArray[np.float32]
    num_categories: int
    known: NDArray[np.bool_]

    @classmethod
    def of_dense(cls, dense: NDArray[np.float32], known: NDArray[np.bool_]) -> NodeFeatures:
        """Return inputs of numbers alone, float32[n, f]."""
        none = np.zeros((len(dense), 0))
        return cls(dense, none.astype(np.int64), none.astype(np.float32), PADDING + 1, known)

    @classmethod
    def of_categories(
        cls, rows: Sequence[NDArray[np.int64]], weights: Sequence[NDArray[np.float32]], width: int, num_categories: int
    ) -> NodeFeatures:
        """Return inputs of categories alone: of each node its indices and their weights, at most ``width``."""
        categories = np.full((len(rows), width), PADDING, np.int64)
        padded = np.zeros((len(rows), width), np.float32)
        for place, (row, weight) in enumerate(zip(rows, weights, strict=True)):
            categories[place, : len(row)] = row
            padded[place, : len(row)] = weight
        known = (categories != PADDING).any(axis=1)
        return cls(np.zeros((len(rows), 0), np.float32), categories, padded, num_categories, known)

    @classmethod
    def side_by_side(cls, parts: Sequence[NodeFeatures], num_nodes: int) -> NodeFeatures:
        """Join the inputs of several properties of the same nodes; their categories are numbered on from one to the next."""
        nothing = cls.of_dense(np.zeros((num_nodes, 0), np.float32), np.zeros(num_nodes, np.bool_))
        parts = [nothing, *parts]
        first = np.cumsum([0, *(part.num_categories - 1 for part in parts)])
        shifted = [
            np.where(part.categories == PADDING, PADDING, part.categories + offset)
            for part, offset in zip(parts, first[:-1], strict=True)
        ]
        return cls(
            dense=np.concatenate([part.dense for part in parts], axis=1),
            categories=np.concatenate(shifted, axis=1),
            weights=np.concatenate([part.weights for part in parts], axis=1),
            num_categories=int(first[-1]) + 1,
            known=reduce(np.logical_or, [part.known for part in parts]),
        )

    def of_rows(self, rows: NDArray[np.int64]) -> NodeFeatures:
        """Return the inputs of some nodes, by row, int64[m]."""
        return NodeFeatures(self.dense[rows], self.categories[rows], self.weights[rows], self.num_categories, self.known[rows])

    def with_dense(self, vectors: NDArray[np.float32]) -> NodeFeatures:
        """Append inputs of another origin, such as pretrained vectors: float32[n, d], a row of zeros where there is none."""
        return self.side_by_side([self, self.of_dense(vectors, np.asarray(vectors.any(axis=1)))], len(vectors))
