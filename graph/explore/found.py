"""Nodes and relationships that were found, and what they turn into."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from graph.asking import shown_property
from graph.schema import Schema

if TYPE_CHECKING:
    import networkx as nx
    import py2neo

HIDDEN = "hopline_v"
"""What the names of properties begin with that releases keep on nodes; they are no part of what is found."""


@dataclass(frozen=True, eq=False)
class FoundNode:
    """One node. ``label`` is the first of the schema's that it bears, ``key`` the property with its ``id``.

    A node without a key has the id that Neo4j gave it, ``element:…``, which is good only until the graph is copied.
    """

    label: str
    key: str
    id: Any
    title: str | None
    labels: tuple[str, ...]
    properties: dict[str, Any]

    @property
    def name(self) -> tuple[str, Any]:
        """Label and id, by which a node is told from all others."""
        return (self.label, self.id)

    def __str__(self) -> str:
        """Return label, id, and the title where it says more."""
        more = "" if self.title is None or self.title == str(self.id) else f" ({self.title})"
        return f"{self.label} {self.id}{more}"


@dataclass(frozen=True, eq=False)
class FoundRelationship:
    """One relationship, from ``source`` to ``target`` as the graph has it."""

    source: FoundNode
    type: str
    target: FoundNode
    properties: dict[str, Any]


@dataclass(frozen=True, eq=False)
class Found:
    """A part of the graph: nodes, relationships between them, and the statement that gave it, to paste into cypher-shell."""

    nodes: tuple[FoundNode, ...]
    relationships: tuple[FoundRelationship, ...]
    statement: str

    def frame(self) -> pl.DataFrame:
        """Return a row a relationship: label, id and title of its ends, and its type."""
        ends = ("source", "target")
        columns: dict[str, pl.Series] = {}
        for end in ends:
            nodes = [getattr(one, end) for one in self.relationships]
            columns |= {f"{end}_{name}": column for name, column in _columns(nodes).items()}
        types = pl.Series([one.type for one in self.relationships], dtype=pl.String)
        return pl.DataFrame(columns).insert_column(3, types.alias("type"))

    def node_frame(self) -> pl.DataFrame:
        """Return a row a node: label, id, title."""
        return pl.DataFrame(_columns(self.nodes))

    def networkx(self) -> nx.MultiDiGraph:
        """Return a networkx graph: nodes by (label, id), with ``labels``, ``title`` and ``properties``; edges keyed by type."""
        from graph.explore.networkx_graph import as_networkx  # noqa: PLC0415 - networkx takes long to import

        return as_networkx(self)

    def subgraph(self) -> py2neo.Subgraph:
        """Return a py2neo Subgraph, bound to no server; each node knows the label and key that merge it into one."""
        from graph.explore.py2neo_subgraph import as_subgraph  # noqa: PLC0415 - py2neo takes long to import

        return as_subgraph(self)

    def as_dict(self) -> dict[str, Any]:
        """Return everything as plain values, for JSON."""
        return {
            "nodes": [
                {
                    "label": node.label,
                    "id": node.id,
                    "title": node.title,
                    "labels": list(node.labels),
                    "properties": node.properties,
                }
                for node in self.nodes
            ],
            "relationships": [
                {
                    "source": list(one.source.name),
                    "type": one.type,
                    "target": list(one.target.name),
                    "properties": one.properties,
                }
                for one in self.relationships
            ],
            "statement": self.statement,
        }


class FoundReader:
    """Turns what statements return into nodes and relationships, a node each once, however often it is met."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._nodes: dict[str, FoundNode] = {}
        self._names: set[tuple[str, Any]] = set()
        self._relationships: dict[str, FoundRelationship] = {}

    @property
    def nodes(self) -> tuple[FoundNode, ...]:
        """All nodes that were read, by label in the schema's order, then by id."""
        place = {kind.label: number for number, kind in enumerate(self._schema.nodes)}
        return tuple(sorted(self._nodes.values(), key=lambda node: (place[node.label], type(node.id).__name__, node.id)))

    @property
    def relationships(self) -> tuple[FoundRelationship, ...]:
        """All relationships that were read, in the order they came."""
        return tuple(self._relationships.values())

    def node(self, row: Mapping[str, Any]) -> FoundNode:
        """Return the node of a map with ``element``, ``labels`` and ``properties``, which are pairs."""
        element = row["element"]
        if element not in self._nodes:
            properties = {name: plain(value) for name, value in sorted(row["properties"], key=_first)}
            kind = next(kind for kind in self._schema.nodes if kind.label in row["labels"])
            shown = properties.get(shown_property(kind))
            node_id = properties.get(kind.key)
            if node_id is None or (kind.label, node_id) in self._names:
                node_id = f"element:{element}"
            node = FoundNode(
                label=kind.label,
                key=kind.key,
                id=node_id,
                title=None if shown is None else str(shown),
                labels=tuple(sorted(row["labels"])),
                properties=properties,
            )
            self._nodes[element] = node
            self._names.add(node.name)
        return self._nodes[element]

    def relationship(self, row: Mapping[str, Any]) -> FoundRelationship:
        """Return the relationship of a map with also ``source``, ``type`` and ``target``; its ends were read before."""
        element = row["element"]
        if element not in self._relationships:
            properties = {name: plain(value) for name, value in sorted(row["properties"], key=_first)}
            source, target = self._nodes[row["source"]], self._nodes[row["target"]]
            self._relationships[element] = FoundRelationship(source, row["type"], target, properties)
        return self._relationships[element]


def id_column(name: str, ids: Iterable[Any]) -> pl.Series:
    """Return ids as a column: whole numbers if all are, else text."""
    values = list(ids)
    if values and all(type(value) is int for value in values):
        return pl.Series(name, values, dtype=pl.Int64)
    return pl.Series(name, [str(value) for value in values], dtype=pl.String)


def plain(value: Any) -> Any:
    """Return a value as Python has it: moments of the driver's as those of ``datetime``, points as text, lists of such."""
    if isinstance(value, list):
        return [plain(one) for one in value]
    if hasattr(value, "to_native"):
        return value.to_native()
    return value if isinstance(value, (str, int, float, bool, bytes, type(None))) else str(value)


def _first(pair: list[Any]) -> str:
    return str(pair[0])


def _columns(nodes: Iterable[FoundNode]) -> dict[str, pl.Series]:
    all_nodes = list(nodes)
    return {
        "label": pl.Series("label", [node.label for node in all_nodes], dtype=pl.String),
        "id": id_column("id", [node.id for node in all_nodes]),
        "title": pl.Series("title", [node.title for node in all_nodes], dtype=pl.String),
    }
