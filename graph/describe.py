"""How much of each kind the graph holds, and the schema as a diagram."""

from __future__ import annotations

from dataclasses import dataclass

from cypher import load
from graph.counts import GraphCounts, read_counts
from graph.database import Database
from graph.schema import EdgeKind, Schema


@dataclass(frozen=True)
class Description:
    """A schema with counts: ``num_nodes`` by label, ``num_edges`` by kind, in the schema's order."""

    schema: Schema
    num_nodes: dict[str, int]
    num_edges: dict[EdgeKind, int]

    def mermaid(self) -> str:
        """Return a Mermaid flowchart: a box a label, an arrow a pair of labels and role."""
        box = {node.label: f"n{number}" for number, node in enumerate(self.schema.nodes)}
        lines = ["flowchart LR"]
        for node in self.schema.nodes:
            lines.append(f'    {box[node.label]}["{_quoted(node.label)}<br>{node.role.value}, {self.num_nodes[node.label]:,}"]')
        arrows: dict[tuple[str, str, str], list[EdgeKind]] = {}
        for edge in self.schema.edges:
            arrows.setdefault((edge.source, edge.target, edge.role.value), []).append(edge)
        for (source, target, role), edges in arrows.items():
            number = sum(self.num_edges[edge] for edge in edges)
            name = edges[0].type if len(edges) == 1 else f"{len(edges)} {role} types"
            lines.append(f'    {box[source]} -->|"{_quoted(name)}<br>{number:,}"| {box[target]}')
        return "\n".join(lines)


def describe(database: Database, schema: Schema) -> Description:
    """Count what the schema names.

    Raises:
        DatabaseError: the user may not read the counts, or the server was lost.
    """
    counts = read_counts(database)
    return Description(
        schema,
        {node.label: counts.nodes[node.label] for node in schema.nodes},
        {edge: _count(database, edge, counts) for edge in schema.edges},
    )


def _count(database: Database, kind: EdgeKind, counts: GraphCounts) -> int:
    source, target = kind.stored
    of_type, leaving, reaching = counts.types[kind.type], counts.leaving[kind.type, source], counts.reaching[kind.type, target]
    # The count store knows one label at a time. If all of a type leave the one label, those between both are those that
    # reach the other, and the other way round; only a type with more kinds on both sides must be counted.
    if of_type in (leaving, reaching):
        return min(leaving, reaching)
    if not (leaving and reaching):
        return 0
    names = {"source": source, "type": kind.type, "target": target}
    return int(database.read(load("explore/count_edges_between"), {}, names)[0]["number"])


def _quoted(name: str) -> str:
    # Mermaid's own escapes, so that no name can end its quotes or become markup.
    return "".join(char if char.isalnum() or char in " _-.,:" else f"#{ord(char)};" for char in name)
