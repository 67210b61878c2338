"""How many relationships nodes have, by kind and side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from cypher import Names, load
from graph.database import Database
from graph.describe import describe
from graph.explore.asked import find_types
from graph.explore.distribution import Distribution
from graph.question import Row
from graph.schema import EdgeKind, Schema

MOST_KINDS = 20
_QUANTILES = {"p50": 0.5, "p90": 0.9, "p99": 0.99}


@dataclass(frozen=True, eq=False)
class Side:
    """The nodes at one end of a kind of relationship, and how many relationships each has; ``end`` is "source" or "target"."""

    kind: EdgeKind
    end: str
    distribution: Distribution
    statement: str

    @property
    def label(self) -> str:
        """The label of the nodes that are counted."""
        return self.kind.source if self.end == "source" else self.kind.target


@dataclass(frozen=True, eq=False)
class Degrees:
    """Both sides of each kind, the kinds with most relationships first; ``left_out`` kinds were not counted."""

    sides: tuple[Side, ...]
    left_out: int

    def frame(self) -> pl.DataFrame:
        """Return a row a side: how many nodes, how many of them without relationship, and how the degrees are spread."""
        rows = [
            {
                **_named(side),
                "nodes": side.distribution.num_nodes,
                "without": side.distribution.num_zero,
                "relationships": side.distribution.total,
                "mean": side.distribution.mean,
                **{name: side.distribution.quantile(share) for name, share in _QUANTILES.items()},
                "max": side.distribution.quantile(1),
                "gini": side.distribution.gini(),
            }
            for side in self.sides
        ]
        counts = dict.fromkeys(("nodes", "without", "relationships"), pl.Int64)
        spread = {"mean": pl.Float64, **dict.fromkeys((*_QUANTILES, "max"), pl.Int64), "gini": pl.Float64}
        return pl.DataFrame(rows, schema={**_NAMES, **counts, **spread})

    def histogram(self) -> pl.DataFrame:
        """Return a row a side and bucket of degrees, whose bounds double: 0, 1, 2 to 3, 4 to 7, …."""
        rows = [
            {**_named(side), "from": low, "to": high, "nodes": nodes}
            for side in self.sides
            for low, high, nodes in side.distribution.buckets()
        ]
        return pl.DataFrame(rows, schema={**_NAMES, **dict.fromkeys(("from", "to", "nodes"), pl.Int64)})


_NAMES = dict.fromkeys(("source", "type", "target", "side"), pl.String)


def degrees(database: Database, schema: Schema, types: Sequence[str] | None = None) -> Degrees:
    """Count the relationships of each node, for the kinds of ``types``; None: the ``MOST_KINDS`` with most relationships.

    Nodes are counted in the server: an answer has a row a degree, not a row a node.

    Raises:
        NotFoundError: the schema has no such type.
    """
    wanted = set(find_types(schema, types))
    kinds = [kind for kind in schema.edges if kind.type in wanted]
    if types is None and len(kinds) > MOST_KINDS:
        number = describe(database, schema).num_edges
        kinds = sorted(kinds, key=lambda kind: -number[kind])[:MOST_KINDS]
    sides = [side for kind in kinds for side in (_count(database, kind, "source"), _count(database, kind, "target"))]
    sides.sort(key=lambda side: -side.distribution.total)
    return Degrees(tuple(sides), 0 if types is not None else len(schema.edges) - len(kinds))


def read_distribution(rows: list[Row]) -> Distribution:
    """Return rows of degree and nodes, by ascending degree, as a distribution."""
    return Distribution(
        np.asarray([row["degree"] for row in rows], np.int64), np.asarray([row["nodes"] for row in rows], np.int64)
    )


def _count(database: Database, kind: EdgeKind, end: str) -> Side:
    leaving = (end == "source") != kind.reversed
    label, other = (kind.source, kind.target) if end == "source" else (kind.target, kind.source)
    names: Names = {"label": label, "type": kind.type, "other": other}
    statement = load("explore/count_nodes_by_leaving" if leaving else "explore/count_nodes_by_arriving")
    return Side(kind, end, read_distribution(database.read(statement, {}, names)), statement.inline({}, names))


def _named(side: Side) -> dict[str, str]:
    return {"source": side.kind.source, "type": side.kind.type, "target": side.kind.target, "side": side.end}
