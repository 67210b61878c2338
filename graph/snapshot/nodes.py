"""Nodes of one label, read by pages of columns, and where each stands in the snapshot."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cypher import load
from graph.database import Database
from graph.schema import FeatureType, NodeKind, NodeRole
from graph.snapshot.columns import Column, NodeColumns
from graph.snapshot.ids import as_ids

NODES_A_PAGE = 200_000


class FoundNodes:
    """The nodes of one label as the server knows them: internal ids, out-degrees, and the dense index of each."""

    def __init__(self, internal: NDArray[np.int64], degree: NDArray[np.int64]) -> None:
        """Take int64[n] internal ids by dense index, and int64[n], how many relationships of any type leave each."""
        self._order = np.argsort(internal, kind="stable")
        self._sorted = internal[self._order]
        self._degree = degree[self._order]

    def pages(self, relationships: int) -> list[list[int]]:
        """Return internal ids of nodes that relationships leave, cut so that a page holds about ``relationships`` of them."""
        leaving = np.flatnonzero(self._degree)
        page = np.cumsum(self._degree[leaving]) // relationships
        cuts = np.flatnonzero(np.diff(page)) + 1
        return [part.tolist() for part in np.split(self._sorted[leaving], cuts) if len(part)]

    def index(self, internal: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the dense indices, int64[m], of internal ids, -1 where one is not known."""
        if not len(self._sorted):
            return np.full(len(internal), -1, np.int64)
        place = np.minimum(np.searchsorted(self._sorted, internal), len(self._sorted) - 1)
        return np.where(self._sorted[place] == internal, self._order[place], -1)


def read_nodes(database: Database, kind: NodeKind) -> tuple[NodeColumns, FoundNodes]:
    """Return the nodes of one label by pages of columns.

    A user or an item without a key is left out and counted, as nobody could ask for it; an entity goes by its internal id.

    Raises:
        SchemaError: two nodes have the same id, or ids are of a kind that no id can be.
    """
    numeric = {feature.name for feature in kind.features if feature.type is FeatureType.NUMERIC}
    wanted = {kind.key: None, **{feature.name: None for feature in kind.features}}
    if kind.title is not None:
        wanted[kind.title] = None
    properties = list(wanted)
    internal: list[int] = []
    degrees: list[int] = []
    columns: list[list[Any]] = [[] for _ in properties]
    while True:
        (page,) = database.read(
            load("snapshot/read_nodes"),
            {"properties": properties, "after": internal[-1] if internal else -1, "limit": NODES_A_PAGE},
            {"label": kind.label},
        )
        internal.extend(page["nodes"])
        degrees.extend(page["degrees"])
        for column, values in zip(columns, page["columns"], strict=True):
            column.extend(values)
        if len(page["nodes"]) < NODES_A_PAGE:
            break
    keys = columns[0]
    if kind.role is NodeRole.ENTITY:
        keys = [f"#{node}" if key is None else key for node, key in zip(internal, keys, strict=True)]
    keyed = [row for row, key in enumerate(keys) if key is not None]
    ids = as_ids([keys[row] for row in keyed], kind)
    order = np.argsort(ids, kind="stable")
    rows = np.asarray(keyed, np.int64)[order]
    picked = {
        name: _column([values[row] for row in rows], name in numeric)
        for name, values in zip(properties, columns, strict=True)
        if name != kind.key or name == kind.title
    }
    return NodeColumns(ids[order], picked, len(keys) - len(keyed)), FoundNodes(
        np.asarray(internal, np.int64)[rows], np.asarray(degrees, np.int64)[rows]
    )


def _column(values: list[Any], numeric: bool) -> Column:
    if not numeric or not all(value is None or isinstance(value, (int, float)) for value in values):
        return values
    return np.asarray([np.nan if value is None else value for value in values], np.float64)
