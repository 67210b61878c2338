"""The nearest neighbours of each item, out of a block of a sparse matrix of likeness."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

_MOST_ENTRIES = 1 << 24  # of a product that are held at a time: 200 MB
_MOST_ROWS = 1024


def product_blocks(left: sparse.csr_array, right: sparse.csr_array) -> Iterator[slice]:
    """Yield the rows of ``left``, block by block, so that no block's product with ``right`` takes more memory than is bounded.

    A row counts as many entries as its product can have at most; one that has more than a block may hold is a block by itself.
    """
    pattern = sparse.csr_array((np.ones(left.nnz), left.indices, left.indptr), shape=left.shape)
    ends = np.cumsum(np.minimum(pattern @ np.diff(right.indptr), right.shape[1]))
    first = 0
    while first < left.shape[0]:
        before = ends[first - 1] if first else 0
        within = int(np.searchsorted(ends, before + _MOST_ENTRIES, side="right"))
        last = min(max(within, first + 1), first + _MOST_ROWS, left.shape[0])
        yield slice(first, last)
        first = last


def keep_largest(likeness: sparse.csr_array, first: int, count: int) -> sparse.csr_array:
    """Return the ``count`` largest positive entries of each row, equal ones by lower column, an item's own left out.

    ``likeness``: float64[b, num_items], the rows of items ``first`` to ``first + b``.
    """
    likeness.sort_indices()
    ends = likeness.indptr
    row = np.repeat(np.arange(likeness.shape[0]), np.diff(ends))
    keep = (likeness.indices != row + first) & (likeness.data > 0)
    for crowded in np.flatnonzero(np.diff(ends) > count).tolist():
        part = slice(ends[crowded], ends[crowded + 1])
        keep[part] = _largest(np.where(keep[part], likeness.data[part], 0.0), count)
    shape = likeness.shape
    return sparse.csr_array((likeness.data[keep], (row[keep], likeness.indices[keep])), shape=shape)


def _largest(values: NDArray[np.float64], count: int) -> NDArray[np.bool_]:
    """Return which of values of at least 0, float64[n], are the ``count`` largest above 0, the first of equal ones."""
    least = np.partition(values, len(values) - count)[len(values) - count]
    above: NDArray[np.bool_] = values > least
    if least <= 0:
        return above
    tied = np.flatnonzero(values == least)
    above[tied[: count - np.count_nonzero(above)]] = True
    return above
