"""Nodes of one label, read by pages of columns."""

from __future__ import annotations

from typing import Any

import numpy as np

from cypher import load
from graph.database import Database
from graph.internal_ids import Longs
from graph.schema import NodeKind
from graph.snapshot.rows import NodeRows, properties_of

NODES_A_PAGE = 200_000


def read_nodes(database: Database, kind: NodeKind) -> tuple[NodeRows, Longs]:
    """Return the nodes of one label by ascending internal id, and int64[n], how many relationships of any type leave each."""
    properties = properties_of(kind)
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
    rows = NodeRows(np.asarray(internal, np.int64), dict(zip(properties, columns, strict=True)))
    return rows, np.asarray(degrees, np.int64)


def cut_pages(internal: Longs, degrees: Longs, relationships: int) -> list[list[int]]:
    """Return internal ids of nodes that relationships leave, cut so that a page holds about ``relationships`` of them."""
    leaving = np.flatnonzero(degrees)
    page = np.cumsum(degrees[leaving]) // relationships
    cuts = np.flatnonzero(np.diff(page)) + 1
    return [part.tolist() for part in np.split(internal[leaving], cuts) if len(part)]
