"""What a snapshot holds: columns of nodes and of relationships, numbered densely."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.schema import Schema

Triple = tuple[str, str, str]
Column = NDArray[Any] | list[Any]


@dataclass(frozen=True)
class NodeColumns:
    """The n nodes of one label, by ascending id: ``ids`` and a column a property that the schema names.

    Numeric columns are float64[n] with NaN for a missing value; the others, and numeric ones that hold something else too, are
    lists of what the graph holds with None for a missing value.
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
    """All that the schema names. ``skipped`` counts relationships whose end came while it was read."""

    schema: Schema
    nodes: dict[str, NodeColumns]
    edges: dict[Triple, EdgeColumns]
    skipped: int = 0
