"""The order of relationships in a snapshot: by their ends, then time, then value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.internal_ids import Longs
from graph.snapshot.rows import EdgeRows, Patch


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
        key = source * num_targets
        key += target
        if min(source.min(initial=0), target.min(initial=0)) < 0:
            key[(source < 0) | (target < 0)] = -1
        return cls(source, target, key)


@dataclass(frozen=True)
class Order:
    """An order of relationships of two parts: ``rows``, int64[k], by number, those of the second after the ``num_first`` first.

    Those of the second stand at ``places``, int64[n]. The first ``num_keyless`` of all have an end that is not there.
    """

    rows: Longs
    places: Longs
    num_first: int
    num_keyless: int

    def take(self, first: NDArray[Any], second: NDArray[Any]) -> NDArray[Any]:
        """Return in this order a column of both parts, which need not be copied to one."""
        if not self.num_first:
            return second[self.rows]
        taken = first.take(self.rows, mode="clip")  # whatever stands where the second part does
        taken[self.places] = second[self.rows[self.places] - self.num_first]
        return taken

    def keyed(self) -> Order:
        """Return the order of those alone that have both ends."""
        if not self.num_keyless:
            return self
        places = self.places - self.num_keyless
        return Order(self.rows[self.num_keyless :], places[places >= 0], self.num_first, 0)


def order_rows(rows: EdgeRows, ends: Ends, patch: Patch, ends_of_new: Ends) -> Order:
    """Return the order of rows and those of a patch that are not gone; fast if the rows that stay are in order already."""
    order = np.flatnonzero(~patch.gone)
    key = ends.key.take(order)
    new = len(rows) + np.arange(len(patch.new))
    if (key[1:] >= key[:-1]).all():
        by_key = np.argsort(ends_of_new.key, kind="stable")
        new, key_of_new = new[by_key], ends_of_new.key[by_key]
        places = np.searchsorted(key, key_of_new)
        order, key = np.insert(order, places, new), np.insert(key, places, key_of_new)
    else:
        order, key = np.concatenate([order, new]), np.concatenate([key, ends_of_new.key])
        by_key = np.argsort(key, kind="stable")  # one key, sorted four times faster than two
        order, key = order[by_key], key[by_key]
    _order_ties(order, key, rows, patch.new)
    return Order(order, np.flatnonzero(order >= len(rows)), len(rows), int(np.searchsorted(key, 0)))


def _order_ties(order: Longs, key: Longs, first: EdgeRows, second: EdgeRows) -> None:
    """Put those that have the same ends in order by time, then value."""
    after = np.flatnonzero(key[1:] == key[:-1])
    if not len(after) or (first.value is None and first.time is None):
        return
    tied = np.union1d(after, after + 1)
    among = order[tied]
    part = Order(among, np.flatnonzero(among >= len(first)), len(first), 0)
    pairs = ((first.value, second.value), (first.time, second.time))
    columns = [part.take(one, other) for one, other in pairs if one is not None and other is not None]
    order[tied] = among[np.lexsort([*columns, key[tied]])]
