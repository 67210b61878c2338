"""The graph as it is read, before it is put in order: nodes and relationships by the server's internal ids.

The cache of ``graph.sync`` keeps these, as changes in the graph are known by internal ids only; ``graph.snapshot.build`` makes
a snapshot of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.internal_ids import InternalIds, Longs, as_internal
from graph.schema import EdgeKind, FeatureType, NodeKind
from graph.snapshot.columns import Triple


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


def properties_of(kind: NodeKind) -> list[str]:
    """Return the properties that are read of a kind of nodes, the key first."""
    names = [kind.key, *(feature.name for feature in kind.features), *([kind.title] if kind.title is not None else [])]
    return list(dict.fromkeys(names))


def numeric_properties(kind: NodeKind) -> set[str]:
    """Return the properties that are columns of numbers."""
    return {feature.name for feature in kind.features if feature.type is FeatureType.NUMERIC}


def join_rows(kind: EdgeKind, parts: list[EdgeRows]) -> EdgeRows:
    """Return the rows of all parts of one kind, one after the other."""
    none, neither = as_internal([]), np.empty(0, np.bool_)
    empty = EdgeRows(none, none, none)
    if kind.value is not None:
        empty = replace(empty, value=np.empty(0, np.float32), no_value=neither)
    if kind.time is not None:
        empty = replace(empty, time=np.empty(0, np.int64), no_time=neither)
    return empty.joined(*parts)
