"""What a code leaves of vectors that are being taught."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gnn.vector_scorer import of_length_one
from graph.codes import Code, Grid, code_users, decode

_COARSE: frozenset[Code] = frozenset({"int4"})
"""Codes that leave so little that vectors must be taught as they will be left; for the others it gains nothing."""


class Rounded:
    """Vectors as a code of whole numbers leaves them; users keep their length, which no code changes."""

    def __init__(self, code: Code) -> None:
        self._code = code
        self._longest, self._grid = 1.0, Grid(1.0, 1.0, code)

    @classmethod
    def of(cls, code: Code) -> Rounded | None:
        """Return what to teach vectors by that will be written in a code; None: as if they were not rounded."""
        return cls(code) if code in _COARSE else None

    def fit(self, items: NDArray[np.float32]) -> None:
        """Take the grid of all items, float32[m, d], to round some of them by."""
        self._longest = float(np.linalg.norm(items, axis=1).max()) or 1.0
        self._grid = Grid.of([items / np.float32(self._longest)], self._code)

    def users(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return what is left of users' vectors, float32[n, d]."""
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        left: NDArray[np.float32] = (
            decode(code_users(of_length_one(vectors), self._code), self._code, is_indexed=False) * lengths
        )
        return left

    def items(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return what is left of items' vectors, float32[m, d]."""
        whole = self._grid.write(vectors / np.float32(self._longest))
        return decode(whole, self._code, is_indexed=True) * np.float32(self._longest * self._grid.reach)
