"""What a task foretells of a user and an item, as vectors whose products say it: no network is needed to ask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

Link = Literal["identity", "logistic"]


@dataclass(frozen=True)
class PairVectors:
    """One figure of a pair: the product of the user's and the item's vector, through ``link``.

    ``users``: float32[n, k], ``items``: float32[m, k].
    """

    users: NDArray[np.float32]
    items: NDArray[np.float32]
    link: Link

    def predict(self, user_index: NDArray[np.int64], item_index: NDArray[np.int64]) -> NDArray[np.float32]:
        """Map pairs int64[b], int64[b] to float32[b]."""
        product = np.einsum("bk,bk->b", self.users[user_index], self.items[item_index])
        return np.asarray(product if self.link == "identity" else expit(product), np.float32)


@dataclass(frozen=True)
class PairPredictor:
    """The product of one or more figures: of a single value or probability, or of each step's on the way to a purchase."""

    factors: tuple[PairVectors, ...]

    def predict(self, user_index: NDArray[np.int64], item_index: NDArray[np.int64]) -> NDArray[np.float32]:
        """Map pairs int64[b], int64[b] to float32[b]."""
        predicted = self.factors[0].predict(user_index, item_index)
        for factor in self.factors[1:]:
            predicted = predicted * factor.predict(user_index, item_index)
        return predicted
