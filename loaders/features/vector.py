"""Vectors that nodes carry already → dense inputs of a common scale."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from graph.snapshot import Column
from loaders.features.node_features import NodeFeatures
from loaders.features.transform import LIMIT, Transform, with_flag


class Vector(Transform):
    """Vectors less their mean, divided by their root mean square length, one number, which keeps the dimensions' proportions.

    So a whole vector weighs about as much as one standardised number, however many dimensions it has. The length expected is
    that of most vectors; another one, or an element that is no finite number, makes a vector missing, which gives zeros.
    """

    method: Literal["vector"] = "vector"
    mean: tuple[float, ...]
    length: float
    flag: bool

    @classmethod
    def fit(cls, column: Column) -> Vector:
        """Learn the number of dimensions, the mean and the scale."""
        vectors = [read_vector(value) for value in column]
        sizes = Counter(len(vector) for vector in vectors if vector is not None)
        size = min(sizes, key=lambda dimensions: (-sizes[dimensions], dimensions), default=0)
        kept = [vector for vector in vectors if vector is not None and len(vector) == size]
        matrix = np.stack(kept).astype(np.float64) if kept else np.zeros((0, 0))
        mean = matrix.mean(axis=0) if kept else np.zeros(0)
        length = float(np.sqrt(np.square(matrix - mean).sum(axis=1).mean())) if kept else 0.0
        return cls(mean=tuple(mean.tolist()), length=length, flag=len(kept) < len(vectors))

    def transform(self, column: Column) -> NodeFeatures:
        """Return as many columns as there are dimensions, and the flag if there was one."""
        dense = np.zeros((len(column), len(self.mean)), np.float32)
        known = np.zeros(len(column), np.bool_)
        for row, value in enumerate(column):
            vector = read_vector(value)
            if vector is not None and len(vector) == len(self.mean):
                known[row] = True
                dense[row] = self._scale(vector)
        return with_flag(dense, known, self.flag)

    @cached_property
    def _mean(self) -> NDArray[np.float64]:
        return np.asarray(self.mean)

    def _scale(self, vector: NDArray[np.float32]) -> NDArray[np.float64]:
        if not self.length:
            return np.zeros(len(vector))
        return np.clip((vector - self._mean) / self.length, -LIMIT, LIMIT)


def read_vector(value: Any) -> NDArray[np.float32] | None:
    """Return a property as float32[d], d > 0, None if it is no list of finite numbers."""
    if not isinstance(value, (list, tuple, np.ndarray)) or not len(value):
        return None
    try:
        with np.errstate(over="ignore"):  # what float32 cannot hold becomes infinite, which is missing
            vector = np.asarray(value, np.float64).astype(np.float32)
    except (ValueError, TypeError, OverflowError):
        return None
    return vector if vector.ndim == 1 and np.isfinite(vector).all() else None
