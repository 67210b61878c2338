"""What a snapshot holds: columns of nodes and of relationships, numbered densely."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.schema import Schema

Triple = tuple[str, str, str]
Column = NDArray[Any] | list[Any]


@dataclass(frozen=True)
class NodeColumns:
    """The n nodes of one label, by ascending id: ``ids`` and a column a property that the schema names.

    ``ids`` are whole numbers, or text; a label that has both is all text. Numeric columns are float64[n] with NaN for a missing
    value; the others, and numeric ones that hold something else too, are lists of what the graph holds with None for a missing
    value. ``keyless`` counts nodes that were left out as they have no key.
    """

    ids: NDArray[Any]
    columns: dict[str, Column]
    keyless: int = 0

    def of_rows(self, rows: NDArray[np.int64]) -> NodeColumns:
        """Return some of the nodes, by row, int64[m]."""
        chosen = rows.tolist()
        columns: dict[str, Column] = {
            name: column[rows] if isinstance(column, np.ndarray) else [column[row] for row in chosen]
            for name, column in self.columns.items()
        }
        return NodeColumns(self.ids[rows], columns)


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
    """All that the schema names.

    ``skipped`` counts relationships whose end has no key or came while it was read; ``unusable`` by kind and property those
    values and times that are there and no number or moment, which are taken as missing.
    """

    schema: Schema
    nodes: dict[str, NodeColumns]
    edges: dict[Triple, EdgeColumns]
    skipped: int = 0
    unusable: dict[tuple[Triple, str], int] = field(default_factory=dict)

    def left_out(self) -> list[str]:
        """Return a sentence for each thing in the graph that was named by the schema and could not be used."""
        found = [
            f"{columns.keyless:,} {label} nodes have no {self.schema.node(label).key} and were left out"
            for label, columns in self.nodes.items()
            if columns.keyless
        ]
        if self.skipped:
            found.append(f"{self.skipped:,} relationships were left out, as an end of theirs is not known")
        for (triple, name), number in self.unusable.items():
            found.append(
                f"{number:,} {triple[1]} relationships have a {name} that is no number or moment; it is taken as missing"
            )
        return found
