"""What is kept as frames, to be written as Arrow files, and back."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from graph.schema import NodeKind
from graph.snapshot.rows import EdgeRows, NodeRows, Patch, properties_of
from graph.sync.kept import KeptEdges
from graph.sync.values import from_column, to_column

_INTERNAL = "internal"
_ROW = "row"


def from_nodes(rows: NodeRows) -> pl.DataFrame:
    """Return nodes as a frame.

    Raises:
        CacheError: a value of a property is of a type that is none of Neo4j's.
    """
    columns = [to_column(name, values) for name, values in rows.properties.items()]
    return pl.DataFrame([pl.Series(_INTERNAL, rows.internal), *columns])


def to_nodes(frame: pl.DataFrame, kind: NodeKind) -> NodeRows:
    """Return the nodes that :func:`from_nodes` was given."""
    internal, *columns = frame.get_columns()
    found = dict(from_column(column) for column in columns)
    return NodeRows(internal.to_numpy(), {name: found[name] for name in properties_of(kind)})


def from_edges(rows: EdgeRows) -> pl.DataFrame:
    """Return relationships as a frame; flags as bytes, which need not be unpacked."""
    columns = rows.columns().items()
    return pl.DataFrame({name: column.view(np.uint8) if column.dtype == np.bool_ else column for name, column in columns})


def from_mask(is_gone: NDArray[np.bool_]) -> pl.DataFrame:
    """Return which rows are gone as a frame."""
    return pl.DataFrame({_ROW: np.flatnonzero(is_gone)})


def to_edges(base: pl.DataFrame, gone: pl.DataFrame | None, new: pl.DataFrame | None) -> KeptEdges:
    """Return relationships from the frame of those that stay, and those of which of them are gone and which are new, if any."""
    rows = _to_rows(base)
    if gone is None or new is None:
        return KeptEdges.of(rows)
    is_gone = np.zeros(len(rows), np.bool_)
    is_gone[gone[_ROW].to_numpy()] = True
    return KeptEdges(rows, Patch(is_gone, _to_rows(new)))


def _to_rows(frame: pl.DataFrame) -> EdgeRows:
    return EdgeRows(**{column.name: _to_array(column) for column in frame.get_columns()})


def _to_array(column: pl.Series) -> NDArray[Any]:
    return column.to_numpy().view(np.bool_) if column.dtype == pl.UInt8 else column.to_numpy()
