"""What an estimate needs to know of a graph: how much of each kind there is, and what its properties are like."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

from graph.database import Database
from graph.describe import Description
from graph.inspect.sample import sample_nodes
from graph.schema import Schema
from graph.snapshot import Triple
from graph.snapshot.rows import properties_of
from graph.sync.values import from_text, to_text

KEPT_WHOLE = 1000  # nodes of a label that a smaller graph of the same shape has too, if there are as many


@dataclass(frozen=True)
class GraphShape:
    """Counts by label and by triple, and some values of every property that is read of a label, None where one is missing."""

    schema: Schema
    num_nodes: dict[str, int]
    num_edges: dict[Triple, int]
    values: dict[str, dict[str, list[Any]]]

    @property
    def size(self) -> int:
        """Nodes and relationships together."""
        return sum(self.num_nodes.values()) + sum(self.num_edges.values())

    def scaled(self, factor: float) -> GraphShape:
        """Return a graph of a share of the nodes and relationships; labels of few nodes keep them."""
        return replace(
            self,
            num_nodes={label: max(min(n, KEPT_WHOLE), round(n * factor)) for label, n in self.num_nodes.items()},
            num_edges={triple: min(n, max(1, round(n * factor))) for triple, n in self.num_edges.items()},
        )

    def to_json(self) -> dict[str, Any]:
        """Return plain values that :meth:`from_json` reads back."""
        return {
            "schema": self.schema.model_dump(mode="json"),
            "num_nodes": self.num_nodes,
            "num_edges": [self.num_edges[kind.triple] for kind in self.schema.edges],
            "values": {
                label: {name: list(map(to_text, of_name)) for name, of_name in of.items()} for label, of in self.values.items()
            },
        }

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> GraphShape:
        """Read back what :meth:`to_json` gave."""
        schema = Schema.model_validate_json(json.dumps(told["schema"]))
        return cls(
            schema,
            told["num_nodes"],
            dict(zip((kind.triple for kind in schema.edges), told["num_edges"], strict=True)),
            {
                label: {name: list(map(from_text, of_name)) for name, of_name in of.items()}
                for label, of in told["values"].items()
            },
        )


def read_shape(database: Database, found: Description) -> GraphShape:
    """Return the shape of a graph: counts, and the values of at most 500 nodes a label.

    Raises:
        DatabaseError: the user may not read, or the server was lost.
    """
    values = {}
    for kind in found.schema.nodes:
        sample = sample_nodes(database, kind.label)
        values[kind.label] = {name: sample.properties.get(name, []) for name in properties_of(kind)}
    return GraphShape(found.schema, found.num_nodes, {kind.triple: n for kind, n in found.num_edges.items()}, values)
