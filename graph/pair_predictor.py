"""What a task foretells of a user and an item, as vectors whose products say it: no network is needed to ask."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

_BLOCK = 65_536  # pairs whose vectors are gathered at once

Link = Literal["identity", "logistic"]


@dataclass(frozen=True)
class PairVectors:
    """One figure of a pair: the product of the user's and the item's vector, through ``link``.

    ``users``: float32[n, k], ``items``: float32[m, k].
    """

    users: NDArray[np.float32]
    items: NDArray[np.float32]
    link: Link

    def among(self, users: NDArray[np.bool_], items: NDArray[np.bool_], num_new: int) -> PairVectors:
        """Return those of some users, bool[n], and some items, bool[m], and zeros of ``num_new`` items more."""
        more = np.zeros((num_new, self.items.shape[1]), np.float32)
        return replace(self, users=self.users[users], items=np.concatenate([self.items[items], more]))

    def predict(self, user_index: NDArray[np.int64], item_index: NDArray[np.int64]) -> NDArray[np.float32]:
        """Map pairs int64[b], int64[b] to float32[b]."""
        blocks = (slice(first, first + _BLOCK) for first in range(0, len(user_index), _BLOCK))
        parts = [np.einsum("bk,bk->b", self.users[user_index[block]], self.items[item_index[block]]) for block in blocks]
        product = np.concatenate([np.zeros(0, np.float32), *parts])
        return np.asarray(product if self.link == "identity" else expit(product), np.float32)


@dataclass(frozen=True)
class PairPredictor:
    """The product of one or more figures: of a single value or probability, or of each step's on the way to a purchase.

    What is below ``lowest`` or above ``highest`` is cut to it.
    """

    factors: tuple[PairVectors, ...]
    lowest: float = -math.inf
    highest: float = math.inf

    def among(self, users: NDArray[np.bool_], items: NDArray[np.bool_], num_new: int) -> PairPredictor:
        """Return that of some users and items, and of ``num_new`` items more, of which nothing is known: zeros."""
        return replace(self, factors=tuple(factor.among(users, items, num_new) for factor in self.factors))

    def predict(self, user_index: NDArray[np.int64], item_index: NDArray[np.int64]) -> NDArray[np.float32]:
        """Map pairs int64[b], int64[b] to float32[b]."""
        predicted = self.factors[0].predict(user_index, item_index)
        for factor in self.factors[1:]:
            predicted = predicted * factor.predict(user_index, item_index)
        return predicted.clip(np.float32(self.lowest), np.float32(self.highest))
