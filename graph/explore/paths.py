"""What joins two nodes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from cypher import load
from graph.database import Database
from graph.errors import QuestionError
from graph.explore.asked import check_range, find_node, find_types
from graph.explore.found import HIDDEN, Found, FoundNode, FoundReader, FoundRelationship
from graph.schema import Schema

MOST_STEPS = 6
MOST_PATHS = 100


@dataclass(frozen=True, eq=False)
class Path:
    """One path: its nodes in order, and the relationship between each and the next, whichever way it leads.

    ``weight``, 0 to 1: the product over its inner nodes of 1 / log10(10 + degree), as a node that much meets tells little.
    """

    nodes: tuple[FoundNode, ...]
    relationships: tuple[FoundRelationship, ...]
    weight: float

    def __str__(self) -> str:
        """Return the path as Cypher draws one."""
        parts = [str(self.nodes[0])]
        for one, before, after in zip(self.relationships, self.nodes, self.nodes[1:], strict=False):
            parts.append(f"-[{one.type}]->" if one.source is before and one.target is after else f"<-[{one.type}]-")
            parts.append(str(after))
        return " ".join(parts)


@dataclass(frozen=True, eq=False)
class Paths(Found):
    """The best paths, the best first; none if nothing joins the two within the length asked for."""

    paths: tuple[Path, ...]

    def frame(self) -> pl.DataFrame:
        """Return a row a path: its length, weight, and how it goes."""
        return pl.DataFrame(
            {
                "length": [len(path.relationships) for path in self.paths],
                "weight": [path.weight for path in self.paths],
                "path": [str(path) for path in self.paths],
            },
            schema={"length": pl.Int64, "weight": pl.Float64, "path": pl.String},
        )

    def as_dict(self) -> dict[str, Any]:
        """Return everything as plain values, for JSON."""
        told = [
            {
                "length": len(path.relationships),
                "weight": path.weight,
                "nodes": [list(node.name) for node in path.nodes],
                "types": [one.type for one in path.relationships],
                "text": str(path),
            }
            for path in self.paths
        ]
        return {"paths": told, **super().as_dict()}


def paths(
    database: Database,
    schema: Schema,
    source: tuple[str, Any],
    target: tuple[str, Any],
    length: int = 4,
    k: int = 5,
    types: Sequence[str] | None = None,
) -> Paths:
    """Return the ``k`` best paths between two nodes, each a (label, id), of at most ``length`` (1 to 6) relationships.

    The shorter are the better, and of the same length those of more weight; where more than a thousand are equally short, the
    server chooses which of them are weighed. Relationships are followed in either direction;
    no path visits a node twice.

    Raises:
        NotFoundError: no such node, label or type.
        QuestionError: length or ``k`` out of range, or both ends are one node.
    """
    check_range("length", length, 1, MOST_STEPS)
    check_range("k", k, 1, MOST_PATHS)
    wanted = find_types(schema, types)
    from_kind, from_id = find_node(database, schema, *source)
    to_kind, to_id = find_node(database, schema, *target)
    if (from_kind.label, from_id) == (to_kind.label, to_id):
        raise QuestionError(f"both ends are {from_kind.label} {from_id!r}; expected two nodes")
    params = {
        "source_id": from_id,
        "target_id": to_id,
        "length": length,
        "k": k,
        "labels": [node.label for node in schema.nodes],
        "keys": {node.label: node.key for node in schema.nodes},
        "hidden": HIDDEN,
    }
    names = {
        "source": from_kind.label,
        "source_key": from_kind.key,
        "target": to_kind.label,
        "target_key": to_kind.key,
        "types": wanted,
        "all": sorted({kind.type for kind in schema.edges}),
    }
    statement = load("explore/read_paths")
    reader = FoundReader(schema)
    found = []
    for row in database.read(statement, params, names):
        nodes = tuple(reader.node(node) for node in row["nodes"])
        found.append(Path(nodes, tuple(reader.relationship(one) for one in row["relationships"]), row["weight"]))
    return Paths(
        nodes=reader.nodes,
        relationships=reader.relationships,
        statement=statement.inline(params, names),
        paths=tuple(found),
    )
