"""In which order examples come: a new one in every pass, the same for the same seed, epoch and pass."""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import NDArray

from loaders.sampling.learning_graph import EdgeType


class Passes:
    """Orders of the same things, int64[n], which differ between edge types too."""

    def __init__(self, etype: EdgeType, things: NDArray[np.int64]) -> None:
        self._things = things
        self._name = zlib.crc32(" ".join(etype).encode())  # so that two sources do not shuffle alike
        self._last: tuple[tuple[int, int, int], NDArray[np.int64]] | None = None

    def order(self, seed: int, epoch: int, number: int) -> NDArray[np.int64]:
        """Return the order of pass ``number`` of an epoch."""
        key = (seed, epoch, number)
        if self._last is None or self._last[0] != key:
            self._last = (key, np.random.default_rng((*key, self._name)).permutation(self._things))
        return self._last[1]
