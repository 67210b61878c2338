"""What is served to a user whom a model knows nothing of: what most others took."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from gnn.interactions import Interactions

if TYPE_CHECKING:
    from gnn.evaluate import Scorer


class PopularForUnknown:
    """A scorer that gives the users who are not ``known``, bool[num_users], the number of each item's users.

    Without it, a model that scores all items alike for them would be measured by the order in which items are numbered.
    """

    def __init__(self, scorer: Scorer, known: NDArray[np.bool_], learnt: Interactions) -> None:
        self._scorer = scorer
        self._known = known
        self._popularity = np.bincount(learnt.matrix().indices, minlength=learnt.num_items).astype(np.float32)

    def score(self, user_index: NDArray[np.int64]) -> NDArray[np.float32]:
        """Map int64[b] to float32[b, num_items]."""
        return np.where(self._known[user_index, None], self._scorer.score(user_index), self._popularity)
