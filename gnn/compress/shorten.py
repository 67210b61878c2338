"""Vectors of fewer numbers whose products are as near as they can be."""

from __future__ import annotations

import numpy as np

from gnn.vector_scorer import VectorScorer, of_length_one


def shorten(whole: VectorScorer, size: int) -> VectorScorer:
    """Return vectors of ``size`` numbers, those of the largest singular values of the scores; users' are of length one.

    What has no more numbers than that is returned as it is.

    Source: Eckart & Young 1936, The approximation of one matrix by another of lower rank; by the factors' QR, so that no score
    is computed.
    """
    if whole.items.shape[1] <= size:
        return whole
    users, of_users = np.linalg.qr(whole.users)
    items, of_items = np.linalg.qr(whole.items)
    left, deviation, right = np.linalg.svd(of_users @ of_items.T, full_matrices=False)
    users, items = users @ left[:, :size], items @ right[:size].T * deviation[:size]
    users[~whole.users.any(axis=1)] = 0  # which rounding leaves a trace of
    missing = ((0, 0), (0, size - users.shape[1]))
    return VectorScorer(np.pad(of_length_one(users), missing), np.pad(items, missing).astype(np.float32))
