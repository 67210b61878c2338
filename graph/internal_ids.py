"""Columns of the server's internal ids, by which records are told apart while they are there, and where an id stands in one."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Longs = NDArray[np.int64]
InternalIds = NDArray[np.integer[Any]]


class InternalIndex:
    """Where each internal id stands in a column of them."""

    def __init__(self, internal: InternalIds) -> None:
        """Take int[n], each id once."""
        self._internal = internal
        self._largest = int(internal.max(initial=-1))
        self._table = self._tabulate() if self._largest < 4 * len(internal) else None

    def find(self, internal: InternalIds) -> Longs:
        """Return the row numbers, int64[m], of internal ids, -1 where one is not there."""
        if self._table is None and self._largest < 4 * (len(self._internal) + len(internal)):
            self._table = self._tabulate()
        if self._table is not None:
            return self._table.take(internal, mode="clip")  # ten times faster than searching
        order, in_order = self._ordered
        place = np.minimum(np.searchsorted(in_order, internal), len(in_order) - 1)
        return np.where(in_order[place] == internal, order[place], -1)

    def stands_as(self, other: InternalIndex) -> bool:
        """Whether each id stands where it stands in another column."""
        return self is other or np.array_equal(self._internal, other._internal)

    def _tabulate(self) -> Longs:
        table = np.full(self._largest + 2, -1, np.int64)  # the last entry stands for all that is beyond
        table[self._internal] = np.arange(len(self._internal))
        return table

    @cached_property
    def _ordered(self) -> tuple[Longs, InternalIds]:
        order = np.argsort(self._internal, kind="stable")
        return order, self._internal[order]


def rows_among(internal: InternalIds, some: Longs) -> Longs:
    """Return the row numbers, int64[k], ascending, of those of many internal ids that are among ``some``."""
    if not len(some):
        return np.empty(0, np.int64)
    largest = int(some.max())
    if largest > 4 * (len(internal) + len(some)):
        return np.flatnonzero(np.isin(internal, some))
    is_some = np.zeros(largest + 2, np.bool_)  # the last entry stands for all that is beyond
    is_some[some] = True
    return np.flatnonzero(
        is_some.take(internal, mode="clip")
    )  # a table of bytes is in the processor's cache, one of rows is not


def as_internal(ids: list[int]) -> InternalIds:
    """Return internal ids as int32[n], or as int64[n] if one is too large: most time goes into moving them about."""
    found = np.asarray(ids, np.int64)
    return found if len(found) and found.max() > np.iinfo(np.int32).max else found.astype(np.int32)


def each_once(ids: Longs) -> Longs:
    """Return internal ids in ascending order, each once: ``np.unique`` hashes them, which takes four times as long."""
    ordered = np.sort(ids)
    once: Longs = ordered[np.diff(ordered, prepend=-1) != 0]
    return once


def without(ids: Longs, others: Longs) -> Longs:
    """Return those of some internal ids that are not among others, in the order they have."""
    ordered = np.append(np.sort(others), -1)  # the last stands for what is beyond: no id is negative
    left: Longs = ids[ordered[np.searchsorted(ordered[:-1], ids)] != ids]
    return left
