"""Spans of rows, one after the other: what users met, say, of which each has another number."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def rows_of_spans(first: NDArray[np.int64], counts: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the rows of n spans, int64[m], by where each begins and how many it has, int64[n], and offsets, int64[n + 1].

    The rows of span i are ``rows[offsets[i]:offsets[i + 1]]``.
    """
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return np.repeat(first - offsets[:-1], counts) + np.arange(offsets[-1]), offsets
