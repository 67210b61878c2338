"""``hopline describe``: what the graph holds, and what is learnt from what."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from gnn.tasks import Ranking
from graph.behaviours import behaviour_of
from graph.describe import Description
from graph.schema import EdgeKind, EdgeRole, Feature
from hopline.cli.options import ConfigFile, Json
from hopline.cli.output import console, print_json
from hopline.config import Config
from hopline.recommender import Recommender

TYPES_ALONE = 12  # kinds between two labels that get a row each; of more, one row counts the types


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("describe", rich_help_panel="Learn")(describe)


def describe(
    mermaid: Annotated[bool, typer.Option("--mermaid", help="Print the schema as a Mermaid diagram.")] = False,
    config: ConfigFile = None,
    json: Json = False,
) -> None:
    """Show the graph's schema with counts, and what training would learn from what.

    Example: `hopline describe --mermaid > schema.mmd`
    """
    with Recommender.from_config(config) as recommender:
        found, told = recommender.describe(), recommender.config
    if json:
        print_json(_as_dict(found, told))
    elif mermaid:
        console.print(found.mermaid(), markup=False, highlight=False, soft_wrap=True)
    else:
        console.print(_node_table(found))
        console.print(_edge_table(found, told))


def _node_table(found: Description) -> Table:
    table = Table(title="nodes", title_justify="left")
    for name in ("label", "role", "key", "count", "shown as", "inputs of the model"):
        table.add_column(name, justify="right" if name == "count" else "left", overflow="fold")
    for node in found.schema.nodes:
        inputs = ", ".join(f"{feature.name} ({_kind(feature)})" for feature in node.features)
        cells = (node.label, node.role.value, node.key, f"{found.num_nodes[node.label]:,}", node.title or "", inputs)
        table.add_row(*map(Text, cells))
    return table


def _kind(feature: Feature) -> str:
    return feature.type.value if feature.encoder is None else f"{feature.type.value} by {feature.encoder}"


def _edge_table(found: Description, config: Config) -> Table:
    table = Table(title="relationships", title_justify="left")
    for name in ("kind", "role", "count", "value, time", "learnt by"):
        table.add_column(name, justify="right" if name == "count" else "left", overflow="fold")
    for edges in _grouped(found.schema.edges):
        edge = edges[0]
        types = edge.type if len(edges) == 1 else f"{len(edges):,} types"
        kind = f"{edge.source} {types} {edge.target}" + (" (kept the other way round)" if edge.reversed else "")
        properties = ", ".join(name for name in (edge.value, edge.time) if name is not None)
        learnt = ", ".join(_learnt_by(edge, config)) or "no task: passes messages only"
        role = edge.role.value
        if counted := _counted(edge, config):
            role += " ({behaviour} × {weight:g})".format(**counted)
        count = sum(found.num_edges[edge] for edge in edges)
        table.add_row(*map(Text, (kind, role, f"{count:,}", properties, learnt)))
    return table


def _grouped(edges: tuple[EdgeKind, ...]) -> list[list[EdgeKind]]:
    """Return kinds that differ in type only together, where there are many of them."""
    alike: dict[EdgeKind, list[EdgeKind]] = {}
    for edge in edges:
        alike.setdefault(edge.model_copy(update={"type": ""}), []).append(edge)
    return [part for group in alike.values() for part in ([group] if len(group) > TYPES_ALONE else [[edge] for edge in group])]


def _learnt_by(edge: EdgeKind, config: Config) -> list[str]:
    """Return the tasks that learn from a kind; what tells of no liking is never an example of the ranking."""
    return [task for task in config.tasks.learning_from(edge) if task != Ranking.name or config.behaviours.weight(edge) > 0]


def _counted(edge: EdgeKind, config: Config) -> dict[str, Any]:
    """Return what an interaction is taken for, and what it counts."""
    if edge.role is not EdgeRole.INTERACTION:
        return {}
    return {"behaviour": behaviour_of(edge), "weight": config.behaviours.weight(edge)}


def _as_dict(found: Description, config: Config) -> dict[str, Any]:
    return {
        "nodes": [node.model_dump(mode="json") | {"count": found.num_nodes[node.label]} for node in found.schema.nodes],
        "edges": [
            edge.model_dump(mode="json")
            | {"count": found.num_edges[edge], "tasks": _learnt_by(edge, config), **_counted(edge, config)}
            for edge in found.schema.edges
        ],
    }
