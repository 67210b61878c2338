"""What the graph holds, against what the schema declares."""

from __future__ import annotations

from graph.checkup.finding import Finding
from graph.describe import Description
from graph.schema import EdgeKind, NodeRole


def check_content(found: Description) -> list[Finding]:
    """Say which labels and relationship types are declared and absent, and whether there are interactions to learn from."""
    schema = found.schema
    needed = [kind.label for kind in schema.nodes if kind.role is not NodeRole.ENTITY and not found.num_nodes[kind.label]]
    unneeded = [kind.label for kind in schema.nodes if kind.role is NodeRole.ENTITY and not found.num_nodes[kind.label]]
    absent = [kind for kind in schema.edges if not found.num_edges[kind]]
    interactions = sum(found.num_edges[kind] for kind in schema.interactions)
    findings = []
    if needed:
        findings.append(
            Finding.problem(
                "schema",
                f"the graph has no nodes {_listed(needed)}, which the schema says users and items are",
                "correct [graph_schema] in hopline.toml, write it anew with hopline init, or load files with hopline import",
            )
        )
    elif not interactions:
        findings.append(
            Finding.problem(
                "schema",
                f"the graph has no interactions: none of {_listed([_told(kind) for kind in schema.interactions])}",
                "training learns from them: load some, or name the types that tell of them in [graph_schema]",
            )
        )
    rest = [*unneeded, *(_told(kind) for kind in absent if interactions)]
    if rest:
        findings.append(
            Finding.warning(
                "schema",
                f"declared and not in the graph: {_listed(rest)}",
                "nothing, if that is so; else correct [graph_schema]",
            )
        )
    if findings:
        return findings
    nodes, edges = sum(found.num_nodes.values()), sum(found.num_edges.values())
    told = (
        f"{nodes:,} nodes and {edges:,} relationships, of which {interactions:,} are interactions; all kinds are in the graph"
    )
    return [Finding.ok("schema", told)]


def _told(kind: EdgeKind) -> str:
    return f"({kind.stored[0]})-[{kind.type}]->({kind.stored[1]})"


def _listed(names: list[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
