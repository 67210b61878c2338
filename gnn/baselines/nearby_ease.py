"""EASE of what users took at about the same time: items that lie far apart in a history tell less of each other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from gnn.baselines.ease import EASE
from gnn.errors import TrainingError
from gnn.interactions import Interactions

_BLOCK = 1024  # of a user's items whose nearness to all others is worked out at a time


class NearbyEASE(EASE):
    """Predict each item from all others, as EASE does, by how often and how near to each other users took the two.

    In place of ``XᵀX``, ``G_ij = Σ_u x_ui x_uj exp(−|p_ui − p_uj| / reach)`` with ``p`` the place of an item in the user's
    history by time; items of one moment share the mean of their places. So without a limit to ``reach``, and where all is of
    one moment, this is EASE. Scores are ``X·B``, as there. Time is that of EASE and of the squares of users' histories.

    Raises:
        TrainingError: interactions without times, more than ``max_size`` items, λ or ``reach`` that are not positive.

    Source: EASE, and the weights by distance in a sequence of Choi et al. 2021, Session-aware Linear Item-Item Models for
    Session-based Recommendation (arXiv:2103.16104), section 3.3, here on both sides of a Gram matrix.
    """

    def __init__(self, reg: float = 100.0, reach: float = 30.0, max_size: int = 10_000) -> None:
        super().__init__(reg, max_size)
        if not reach > 0:
            raise TrainingError(f"NearbyEASE got reach={reach}; expected a number of items above 0. Try 10 to 100.")
        self.reach = reach

    def _fit(self, pairs: Interactions) -> None:
        if pairs.time is None:
            raise TrainingError("NearbyEASE got interactions without times; expected one each. Use EASE.")
        if pairs.num_items > self.max_size:
            raise TrainingError(
                f"NearbyEASE got {pairs.num_items:,} items, whose square its memory grows with; expected at most "
                f"max_size={self.max_size:,}. Use EASE if users are fewer, or raise max_size if memory and time are there."
            )
        self._interactions = pairs.matrix()
        self._is_by_users = False
        self._fit_by_items(self._gram(pairs.time, pairs))

    def _gram(self, time: NDArray[np.int64], pairs: Interactions) -> NDArray[np.float64]:
        """Return ``G``, float64[num_items, num_items] by columns; of a pair that occurs twice the last time counts."""
        taken = self._interactions.copy()
        order = np.lexsort((time, pairs.item_index, pairs.user_index))
        user, item = pairs.user_index[order], pairs.item_index[order]
        is_last = np.append((user[1:] != user[:-1]) | (item[1:] != item[:-1]), True)[: len(user)]
        time = time[order][is_last][taken.data != 0]  # one a pair, in the order of the matrix; what weighs nothing has no place
        taken.eliminate_zeros()
        gram = np.zeros((pairs.num_items, pairs.num_items), order="F")
        for start, end in zip(taken.indptr[:-1], taken.indptr[1:], strict=True):
            if start == end:
                continue
            items, weight = taken.indices[start:end], taken.data[start:end].astype(np.float64)
            place = rankdata(time[start:end])
            for first in range(0, end - start, _BLOCK):
                rows = slice(first, first + _BLOCK)
                near = np.exp(np.abs(place[rows, None] - place) / -self.reach)
                near *= weight[rows, None] * weight
                gram[np.ix_(items[rows], items)] += near
        return gram
