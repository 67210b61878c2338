"""What a baseline is: fitted on index pairs, it scores every item for some users."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from gnn.interactions import Interactions

if TYPE_CHECKING:
    from typing import Self


class Baseline(ABC):
    """A scorer with hyper-parameters in its constructor. A new baseline is a new file with a subclass."""

    GRID: ClassVar[Mapping[str, Sequence[float]]] = {}
    """The values that :func:`gnn.baselines.tune.tune` tries for each argument of the constructor."""

    def fit(
        self,
        user_index: NDArray[np.int64],
        item_index: NDArray[np.int64],
        num_users: int,
        num_items: int,
        value: NDArray[np.float32] | None = None,
        time: NDArray[np.int64] | None = None,
    ) -> Self:
        """Learn from pairs int64[n], int64[n], with weights float32[n] or 1 each and times int64[n]; return itself."""
        self._fit(Interactions(user_index, item_index, num_users, num_items, value, time=time))
        return self

    @abstractmethod
    def _fit(self, pairs: Interactions) -> None:
        """Learn from pairs that are checked; their times are None unless they were given."""

    @abstractmethod
    def score(self, user_index: NDArray[np.int64]) -> NDArray[np.float32]:
        """Map int64[b] to float32[b, num_items]; seen items are scored like any other."""
