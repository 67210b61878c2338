"""Longer vectors for items that many met: what few met is known less surely, and a cosine does not tell."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gnn.vector_scorer import VectorScorer


def lengthened(scorer: VectorScorer, met: NDArray[np.int64], power: float) -> VectorScorer:
    """Return vectors of which an item's has its length times ``((1 + n) / (1 + largest n)) ** power``.

    ``met``: int64[num_items], n, how often each item was met. 0 leaves all lengths as they are; where they are one, scores
    stay between −1 and 1. It takes no score of a user and an item, so it can be had for any number of both.
    """
    if not power:
        return scorer
    share = (1 + met) / (1 + met.max(initial=0))
    return VectorScorer(scorer.users, scorer.items * (share**power).astype(np.float32)[:, None])
