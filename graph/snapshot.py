"""The graph as numpy columns: read whole columns at a time over Bolt, nodes numbered by the order of their ids.

A row a relationship costs a record and its decoding each; a column is one list. Numbering by id, not by where the store
happens to hold a node, makes everything learnt from a snapshot repeatable.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cypher import load
from graph.database import Database
from graph.progress import OnStage, silent
from graph.schema import EdgeKind, FeatureType, NodeKind, Schema

Triple = tuple[str, str, str]
Column = NDArray[Any] | list[Any]

NODES_A_PAGE = 200_000
RELATIONSHIPS_A_PAGE = 500_000  # bounds what the server collects and what one answer holds
SOURCES_OF_FIRST_PAGE = 2_000  # nodes whose relationships are read before it is known how many they have


@dataclass(frozen=True)
class NodeColumns:
    """The n nodes of one label, by ascending id: ``ids`` and a column a property that the schema names.

    Numeric columns are float64[n] with NaN for a missing value; the others are lists with None for one.
    """

    ids: NDArray[Any]
    columns: dict[str, Column]


@dataclass(frozen=True)
class EdgeColumns:
    """The m relationships of one kind, by ascending (source, target).

    ``source``, ``target``: int64[m], dense indices into the ids of their labels; ``value``: float32[m] (NaN where missing),
    ``time``: int64[m] (0 where missing), each None if the schema names no such property.
    """

    source: NDArray[np.int64]
    target: NDArray[np.int64]
    value: NDArray[np.float32] | None
    time: NDArray[np.int64] | None


@dataclass(frozen=True)
class Snapshot:
    """All that the schema names, at one moment. ``skipped`` counts relationships whose end came while it was read."""

    schema: Schema
    nodes: dict[str, NodeColumns]
    edges: dict[Triple, EdgeColumns]
    skipped: int = 0


def read_snapshot(database: Database, schema: Schema, progress: OnStage = silent) -> Snapshot:
    """Read the graph's nodes, then its relationships, a page of columns at a time.

    ``progress`` hears (stage, done, total). A relationship with an end that the node pages did not hold, as happens
    while others write, is left for the next snapshot and counted.

    Raises:
        DatabaseGoneError: the connection was lost.
    """
    nodes: dict[str, NodeColumns] = {}
    index_of: dict[str, _IndexOf] = {}
    for done, node in enumerate(schema.nodes, 1):
        nodes[node.label], index_of[node.label] = _read_nodes(database, node)
        progress("reading nodes", done, len(schema.nodes))
    edges: dict[Triple, EdgeColumns] = {}
    skipped = 0
    groups = _groups(schema)
    for done, kinds in enumerate(groups, 1):
        for kind, raw in zip(kinds, _read_edges(database, kinds), strict=True):
            edges[kind.triple], lost = _dense(kind, raw, index_of)
            skipped += lost
        progress("reading relationships", done, len(groups))
    return Snapshot(schema, nodes, edges, skipped)


class _IndexOf:
    """Internal node id → dense index, by binary search."""

    def __init__(self, internal: NDArray[np.int64]) -> None:
        self._order = np.argsort(internal, kind="stable")
        self._sorted = internal[self._order]

    def __call__(self, internal: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return int64[n], -1 where the id is not known."""
        if not len(self._sorted):
            return np.full(len(internal), -1, np.int64)
        place = np.minimum(np.searchsorted(self._sorted, internal), len(self._sorted) - 1)
        return np.where(self._sorted[place] == internal, self._order[place], -1)


def _read_nodes(database: Database, kind: NodeKind) -> tuple[NodeColumns, _IndexOf]:
    numeric = {feature.name for feature in kind.features if feature.type is FeatureType.NUMERIC}
    wanted = {kind.key: None, **{feature.name: None for feature in kind.features}}
    if kind.title is not None:
        wanted[kind.title] = None
    properties = list(wanted)
    internal: list[int] = []
    columns: list[list[Any]] = [[] for _ in properties]
    while True:
        (page,) = database.read(
            load("snapshot/read_nodes"),
            {"properties": properties, "skip": len(internal), "limit": NODES_A_PAGE},
            {"label": kind.label},
        )
        internal.extend(page["nodes"])
        for column, values in zip(columns, page["columns"], strict=True):
            column.extend(values)
        if len(page["nodes"]) < NODES_A_PAGE:
            break
    keyed = [row for row, key in enumerate(columns[0]) if key is not None]
    ids = _as_ids([columns[0][row] for row in keyed])
    order = np.argsort(ids, kind="stable")
    rows = np.asarray(keyed, np.int64)[order]
    picked = {
        name: _column([values[row] for row in rows], name in numeric)
        for name, values in zip(properties, columns, strict=True)
        if name != kind.key or name == kind.title
    }
    return NodeColumns(ids[order], picked), _IndexOf(np.asarray(internal, np.int64)[rows])


def _as_ids(keys: list[Any]) -> NDArray[Any]:
    if all(type(key) is int for key in keys):
        return np.asarray(keys, np.int64)
    return np.asarray([str(key) for key in keys], dtype=np.str_)


def _column(values: list[Any], numeric: bool) -> Column:
    if not numeric:
        return values
    return np.asarray([float(value) if isinstance(value, (int, float)) else np.nan for value in values])


@dataclass
class _Raw:
    """Relationships of one kind as read: internal ids of ends, and property columns."""

    source: NDArray[np.int64]
    target: NDArray[np.int64]
    value: list[Any] | None
    time: list[Any] | None


def _groups(schema: Schema) -> list[list[EdgeKind]]:
    """Kinds that one statement can read: those without properties by their pair of labels, the others alone."""
    groups: list[list[EdgeKind]] = []
    bare: dict[tuple[str, str], list[EdgeKind]] = {}
    for kind in schema.edges:
        if kind.value is None and kind.time is None:
            pair = (kind.source, kind.target)
            if pair not in bare:
                bare[pair] = []
                groups.append(bare[pair])
            bare[pair].append(kind)
        else:
            groups.append([kind])
    return groups


def _read_edges(database: Database, kinds: list[EdgeKind]) -> Iterable[_Raw]:
    first = kinds[0]
    properties = [name for name in (first.value, first.time) if name is not None]
    sources: list[NDArray[np.int64]] = []
    targets: list[NDArray[np.int64]] = []
    types: list[str] = []
    columns: list[list[Any]] = [[] for _ in properties]
    skip, limit = 0, SOURCES_OF_FIRST_PAGE
    while True:
        (page,) = database.read(
            load("snapshot/read_edges"),
            {"types": [kind.type for kind in kinds], "properties": properties, "skip": skip, "limit": limit},
            {"source": first.source, "target": first.target},
        )
        sources.append(np.asarray(page["sources"], np.int64))
        targets.append(np.asarray(page["targets"], np.int64))
        types.extend(page["types"])
        for column, values in zip(columns, page["columns"], strict=True):
            column.extend(values)
        skip += limit
        if not page["more"]:
            break
        # The next page takes as many nodes as would have met the bound, but never grows more than eightfold on a guess.
        limit = max(1, min(8 * limit, limit * RELATIONSHIPS_A_PAGE // max(1, len(page["sources"]))))
    source, target = np.concatenate(sources), np.concatenate(targets)
    by_name = dict(zip(properties, columns, strict=True))
    value, time = by_name.get(first.value or ""), by_name.get(first.time or "")
    if len(kinds) == 1:
        return [_Raw(source, target, value, time)]
    number = {kind.type: position for position, kind in enumerate(kinds)}
    of_kind = np.asarray([number[name] for name in types], np.int64)
    return [_Raw(source[of_kind == position], target[of_kind == position], None, None) for position in range(len(kinds))]


def _dense(kind: EdgeKind, raw: _Raw, index_of: dict[str, _IndexOf]) -> tuple[EdgeColumns, int]:
    source, target = index_of[kind.source](raw.source), index_of[kind.target](raw.target)
    known = np.flatnonzero((source >= 0) & (target >= 0))
    order = known[np.lexsort((target[known], source[known]))]
    value = None if raw.value is None else _floats(raw.value)[order]
    time = None if raw.time is None else np.nan_to_num(_floats(raw.time, np.float64)[order]).astype(np.int64)
    return EdgeColumns(source[order], target[order], value, time), len(source) - len(known)


def _floats(values: list[Any], dtype: type[np.floating[Any]] = np.float32) -> NDArray[Any]:
    return np.asarray([np.nan if value is None else value for value in values], dtype)
