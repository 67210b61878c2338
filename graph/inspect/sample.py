"""A bounded look at nodes and relationships, whichever the server finds first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cypher import load
from graph.database import Database

NODES_A_LABEL = 500
RELATIONSHIPS_A_TYPE = 500
_OURS = "hopline_"  # Hopline's own properties


@dataclass(frozen=True)
class NodeSample:
    """Some nodes of a label: the set of labels of each, and the values of each property, None where a node has none."""

    label: str
    labels: list[frozenset[str]]
    properties: dict[str, list[Any]]

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True)
class EdgeSample:
    """Some relationships of a type: the labels of their ends, and the values of each property, None where one has none."""

    type: str
    ends: list[tuple[frozenset[str], frozenset[str]]]
    properties: dict[str, list[Any]]

    def between(self, source: str, target: str) -> EdgeSample:
        """Return those that lead from one label to another."""
        rows = [row for row, (start, end) in enumerate(self.ends) if source in start and target in end]
        return EdgeSample(
            self.type,
            [self.ends[row] for row in rows],
            {name: [values[row] for row in rows] for name, values in self.properties.items()},
        )


def sample_nodes(database: Database, label: str) -> NodeSample:
    """Look at some nodes of a label.

    Raises:
        DatabaseError: Neo4j refused, or was lost.
    """
    rows = database.read(load("inspect/sample_nodes"), {"limit": NODES_A_LABEL}, {"label": label})
    return NodeSample(label, [frozenset(row["labels"]) for row in rows], _columns([row["properties"] for row in rows]))


def sample_relationships(database: Database, type_: str) -> EdgeSample:
    """Look at some relationships of a type.

    Raises:
        DatabaseError: Neo4j refused, or was lost.
    """
    rows = database.read(load("inspect/sample_relationships"), {"limit": RELATIONSHIPS_A_TYPE}, {"type": type_})
    ends = [(frozenset(row["sources"]), frozenset(row["targets"])) for row in rows]
    return EdgeSample(type_, ends, _columns([row["properties"] for row in rows]))


def _columns(rows: list[dict[str, Any]]) -> dict[str, list[Any]]:
    names = sorted({name for row in rows for name in row if not name.startswith(_OURS)})
    return {name: [row.get(name) for row in rows] for name in names}
