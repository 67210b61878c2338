"""The graph as it is read, before it is put in order: nodes and relationships by the server's internal ids.

The cache of ``graph.sync`` keeps these, as changes in the graph are known by internal ids only; ``graph.snapshot.build`` makes
a snapshot of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.schema import EdgeKind, FeatureType, NodeKind
from graph.snapshot.columns import Triple

Longs = NDArray[np.int64]
InternalIds = NDArray[np.integer[Any]]


@dataclass(frozen=True)
class NodeRows:
    """All n nodes of one label, each once: ``internal`` ids, int64[n], and a list a property, None where it is missing."""

    internal: Longs
    properties: dict[str, list[Any]]


@dataclass(frozen=True)
class EdgeRows:
    """m relationships of one kind, each once: internal ids of themselves and their ends, int32[m], int64[m] where they need it.

    ``source`` and ``target`` are of the kind's labels: the direction that is learnt in, whichever the graph has. ``value``:
    float32[m] (NaN where missing), ``time``: int64[m] (0 where missing), ``no_value`` and ``no_time``: bool[m], whether it is
    missing as what is there is no number or moment; each None if the schema names no such property.
    """

    edge: InternalIds
    source: InternalIds
    target: InternalIds
    value: NDArray[np.float32] | None = None
    time: NDArray[np.int64] | None = None
    no_value: NDArray[np.bool_] | None = None
    no_time: NDArray[np.bool_] | None = None

    def columns(self) -> dict[str, NDArray[Any]]:
        """Return the columns there are, by name."""
        named = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: column for name, column in named.items() if column is not None}

    def take(self, rows: NDArray[Any] | slice) -> EdgeRows:
        """Return some rows, by number, by mask or as a slice."""
        return EdgeRows(**{name: column[rows] for name, column in self.columns().items()})

    def joined(self, *others: EdgeRows) -> EdgeRows:
        """Return these rows and then others that have the same columns."""
        parts = [part.columns() for part in (self, *others)]
        return EdgeRows(**{name: np.concatenate([part[name] for part in parts]) for name in self.columns()})

    def differs(self, other: EdgeRows) -> NDArray[np.bool_]:
        """Return bool[m], whether the relationships of another m rows have other ends or properties; NaN is like NaN."""
        is_different = np.zeros(len(self), np.bool_)
        for name, column in self.columns().items():
            compared = other.columns()[name]
            is_different |= (column != compared) & ~(np.isnan(column) & np.isnan(compared))
        return is_different

    def __len__(self) -> int:
        return len(self.edge)


@dataclass(frozen=True)
class Patch:
    """What differs by now from m relationships of one kind: which are ``gone``, bool[m], and ``new`` ones.

    Those that are gone need not be taken out, nor new ones put in, which would copy all others.
    """

    gone: NDArray[np.bool_]
    new: EdgeRows

    @classmethod
    def none(cls, rows: EdgeRows) -> Patch:
        """Leave rows as they are."""
        return cls(np.zeros(len(rows), np.bool_), rows.take(slice(0, 0)))

    def __len__(self) -> int:
        return int(np.count_nonzero(self.gone)) + len(self.new)


@dataclass(frozen=True)
class GraphRows:
    """All that a schema names; no relationship has an end that is not among the nodes of its label.

    ``skipped`` counts relationships whose end came while the others were read. ``patches`` are what differs by now from the
    relationships of some kinds.
    """

    nodes: dict[str, NodeRows]
    edges: dict[Triple, EdgeRows]
    skipped: int = 0
    patches: dict[Triple, Patch] = field(default_factory=dict)


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


def properties_of(kind: NodeKind) -> list[str]:
    """Return the properties that are read of a kind of nodes, the key first."""
    names = [kind.key, *(feature.name for feature in kind.features), *([kind.title] if kind.title is not None else [])]
    return list(dict.fromkeys(names))


def numeric_properties(kind: NodeKind) -> set[str]:
    """Return the properties that are columns of numbers."""
    return {feature.name for feature in kind.features if feature.type is FeatureType.NUMERIC}


def as_internal(ids: list[int]) -> InternalIds:
    """Return internal ids as int32[n], or as int64[n] if one is too large: most time goes into moving them about."""
    found = np.asarray(ids, np.int64)
    return found if len(found) and found.max() > np.iinfo(np.int32).max else found.astype(np.int32)


def join_rows(kind: EdgeKind, parts: list[EdgeRows]) -> EdgeRows:
    """Return the rows of all parts of one kind, one after the other."""
    none, neither = as_internal([]), np.empty(0, np.bool_)
    empty = EdgeRows(none, none, none)
    if kind.value is not None:
        empty = replace(empty, value=np.empty(0, np.float32), no_value=neither)
    if kind.time is not None:
        empty = replace(empty, time=np.empty(0, np.int64), no_time=neither)
    return empty.joined(*parts)
