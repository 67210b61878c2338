"""The same list for everyone: the items that most users took."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gnn.baselines.baseline import Baseline
from gnn.interactions import Interactions


class Popularity(Baseline):
    """Score an item by the sum of its interactions' weights, the number of its users where there are none."""

    def _fit(self, pairs: Interactions) -> None:
        self._total: NDArray[np.float32] = np.asarray(pairs.matrix().sum(axis=0), dtype=np.float32)

    def score(self, user_index: NDArray[np.int64]) -> NDArray[np.float32]:
        """Map int64[b] to float32[b, num_items], a read-only view of one row."""
        return np.broadcast_to(self._total, (len(user_index), len(self._total)))
