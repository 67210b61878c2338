"""Clean columns on their way into the graph: what loaders hand over and ``graph.write`` takes."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from graph.errors import SchemaError
from graph.schema import EdgeKind, Schema

SOURCE = "source"
TARGET = "target"
SET_ASIDE_COLUMNS = ("file", "line", "reason", "row")


@dataclass(frozen=True)
class NodeTable:
    """Nodes of one label: the key column, then a column a property; a null is a missing property.

    Keys are unique and not null. Columns: String, Int64, Float64, Boolean or List(String).
    """

    label: str
    frame: pl.DataFrame


@dataclass(frozen=True)
class EdgeTable:
    """Relationships of one kind: columns ``source`` and ``target`` hold keys, then a column a property.

    A pair of ends may come once only: the later row has been kept by the loader.
    """

    kind: EdgeKind
    frame: pl.DataFrame


@dataclass(frozen=True)
class Tables:
    """A whole data set, checked against its schema, and the rows that could not be used.

    ``set_aside`` has the columns ``file``, ``line`` (1-based, the header counts), ``reason`` and ``row`` (as read).

    Raises:
        SchemaError: a table of an undeclared kind, without its key or end columns, with a key that is missing or comes twice,
            or with a pair of ends that comes twice.
    """

    schema: Schema
    nodes: tuple[NodeTable, ...]
    edges: tuple[EdgeTable, ...]
    set_aside: pl.DataFrame

    def __post_init__(self) -> None:
        for table in self.nodes:
            key = self.schema.node(table.label).key
            if key not in table.frame.columns:
                raise SchemaError(f"the table of {table.label!r} lacks its key column {key!r}; it has {table.frame.columns}")
            keys = table.frame[key]
            if keys.null_count() or keys.n_unique() != len(keys):
                raise SchemaError(
                    f"the key column {key!r} of {table.label!r} has missing or repeated keys; each must come once"
                )
        for edges in self.edges:
            if edges.kind not in self.schema.edges:
                raise SchemaError(f"the edge kind {edges.kind.triple} is not in the schema")
            if not {SOURCE, TARGET} <= set(edges.frame.columns):
                raise SchemaError(f"the table of {edges.kind.triple} lacks 'source' or 'target'; it has {edges.frame.columns}")
            repeated = edges.frame.height - edges.frame.select(SOURCE, TARGET).n_unique()
            if repeated:
                raise SchemaError(f"the table of {edges.kind.triple} repeats {repeated} pairs of ends; each must come once")
