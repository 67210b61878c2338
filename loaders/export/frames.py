"""A snapshot's columns as frames, with ids for the nodes that relationships join."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from graph.schema import EdgeKind, EdgeRole, FeatureType, NodeKind, Schema
from graph.snapshot import Column, Snapshot

SOURCE, TARGET, TYPE, VALUE, TIME = "source", "target", "type", "value", "time"


def node_frame(snapshot: Snapshot, kind: NodeKind) -> pl.DataFrame:
    """Return the nodes of one label: their ids under the key's name, then titles and features, each as its type is."""
    nodes = snapshot.nodes[kind.label]
    types = {feature.name: feature.type for feature in kind.features}
    columns = {name: _column(values, types.get(name)) for name, values in nodes.columns.items() if name != kind.key}
    return pl.DataFrame({kind.key: id_texts(nodes.ids), **columns})


def id_texts(ids: NDArray[Any]) -> pl.Series:
    """Return ids as text."""
    return pl.Series(ids.astype(np.str_).tolist(), dtype=pl.String)


def edge_frame(snapshot: Snapshot, kind: EdgeKind) -> pl.LazyFrame:
    """Return the relationships of one kind: the ids of both ends, the type, value and time, null where missing.

    Ids are looked up some rows at a time, when they are written.
    """
    edges = snapshot.edges[kind.triple]
    frame = pl.LazyFrame(
        {
            SOURCE: edges.source,
            TARGET: edges.target,
            VALUE: pl.Series(np.full(len(edges.source), np.nan, np.float32) if edges.value is None else edges.value),
            TIME: pl.Series(np.zeros(len(edges.source), np.int64) if edges.time is None else edges.time),
        }
    )
    return frame.select(
        _ids(snapshot, kind.source, SOURCE),
        _ids(snapshot, kind.target, TARGET),
        pl.lit(kind.type).alias(TYPE),
        pl.col(VALUE).fill_nan(None),
        pl.when(pl.col(TIME) != 0).then(TIME).alias(TIME),
    )


def edge_groups(schema: Schema) -> dict[tuple[str, str, EdgeRole], list[EdgeKind]]:
    """Return the kinds of relationships by their labels and role."""
    groups: dict[tuple[str, str, EdgeRole], list[EdgeKind]] = {}
    for kind in schema.edges:
        groups.setdefault((kind.source, kind.target, kind.role), []).append(kind)
    return groups


def repeated(snapshot: Snapshot, kind: EdgeKind) -> int:
    """Return how many relationships have the same ends and type as one before."""
    edges = snapshot.edges[kind.triple]  # by ascending ends
    return int(((np.diff(edges.source) == 0) & (np.diff(edges.target) == 0)).sum())


def text_of(value: Any) -> str | None:
    """Return a value of the graph as text, times as ISO 8601; None if it is missing."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    iso_format = getattr(value, "iso_format", None)
    return str(iso_format() if iso_format is not None else value)


def _ids(snapshot: Snapshot, label: str, column: str) -> pl.Expr:
    ids = id_texts(snapshot.nodes[label].ids)
    return pl.col(column).map_batches(ids.gather, return_dtype=pl.String, is_elementwise=True)


def _column(values: Column, type_: FeatureType | None) -> pl.Series:
    if isinstance(values, np.ndarray):
        return pl.Series(values).fill_nan(None)
    if type_ is FeatureType.NUMERIC:
        return pl.Series([text_of(value) for value in values], dtype=pl.String).cast(pl.Float64, strict=False)
    if type_ is FeatureType.MULTI:
        lists = [None if value is None else value if isinstance(value, list) else [value] for value in values]
        return pl.Series([None if parts is None else list(map(text_of, parts)) for parts in lists], dtype=pl.List(pl.String))
    if type_ is FeatureType.VECTOR:
        return pl.Series(
            [[float(number) for number in value] if isinstance(value, list) else None for value in values],
            dtype=pl.List(pl.Float64),
        )
    return pl.Series([text_of(value) for value in values], dtype=pl.String)
