"""The order of relationships in a snapshot: by their ends, then time, then value."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graph.snapshot.rows import EdgeRows, Longs


@dataclass(frozen=True)
class Ends:
    """Where the ends of m relationships stand among the nodes in order, int64[m] each, -1 where an end is not there.

    ``key`` puts relationships in order by their ends: -1 where an end is not there, as such stand before all others.
    """

    source: Longs
    target: Longs
    key: Longs

    @classmethod
    def of(cls, source: Longs, target: Longs, num_targets: int) -> Ends:
        """Take places among the sources, and among ``num_targets`` targets."""
        key = source * num_targets + target
        key[(source < 0) | (target < 0)] = -1
        return cls(source, target, key)

    def joined(self, other: Ends) -> Ends:
        """Return these relationships' ends, then another's."""
        if not len(other.key):
            return self
        pairs = ((self.source, other.source), (self.target, other.target), (self.key, other.key))
        return Ends(*map(np.concatenate, pairs))

    def num_keyless(self, order: Longs) -> int:
        """Return how many of the relationships that an order names stand before all others."""
        return bisect_left(order, 0, key=lambda row: self.key[row])


def order_rows(rows: EdgeRows, ends: Ends, is_gone: NDArray[np.bool_] | None) -> Longs:
    """Return the rows that are not gone by their ends, then time, then value."""
    order = np.argsort(ends.key, kind="stable")  # one key, sorted four times faster than two, and at once if nearly in order
    if is_gone is not None:
        order = order[~is_gone[order]]
    columns = [column for column in (rows.value, rows.time) if column is not None]
    ascending = ends.key[order]
    is_tied = ascending[1:] == ascending[:-1]
    if columns and is_tied.any():
        tied = np.flatnonzero(np.append(is_tied, False) | np.insert(is_tied, 0, False))
        among = order[tied]
        order[tied] = among[np.lexsort([*(column[among] for column in columns), ends.key[among]])]
    return order
