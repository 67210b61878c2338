"""Lists to rank for users after their first few events, as if nothing else were known of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from gnn.holdout import Holdout
from gnn.inductive.histories import Histories
from gnn.interactions import Interactions


@dataclass(frozen=True)
class Newcomers:
    """``users`` int64[b] with a number of events behind them: ``known`` float32[b, num_items], and what to find."""

    users: NDArray[np.int64]
    known: sparse.csr_array
    holdout: Holdout

    @classmethod
    def after(cls, histories: Histories, users: NDArray[np.int64], number: int) -> Newcomers | None:
        """Return those of ``users`` int64[n] who met more than ``number`` items, after as many; None where nobody did."""
        longer = users[histories.counts[users] > number]
        if not len(longer):
            return None
        taken = np.full(len(longer), number)
        known = histories.starts(longer, taken)
        return cls(longer, known, Holdout(_pairs(known), _pairs(histories.rests(longer, taken))))


def _pairs(met: sparse.csr_array) -> Interactions:
    row, item = (index.astype(np.int64) for index in met.tocoo().coords)
    return Interactions(row, item, *met.shape)
