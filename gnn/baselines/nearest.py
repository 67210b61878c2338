"""The nearest neighbours of each item, out of a block of a sparse matrix of likeness."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse


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
