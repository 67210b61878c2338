"""``hopline init``: a configuration for a graph that is there already."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from graph.database import Database
from graph.inspect import Proposal, propose_schema
from hopline.cli.options import Json, Quiet
from hopline.cli.output import console, print_json, progress_bars
from hopline.config import DEFAULT_FILE, read_connection_settings, read_server_settings
from hopline.config_file import config_text
from hopline.errors import ConfigError


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("init", rich_help_panel="Learn")(init)


def init(
    output: Annotated[Path, typer.Option("--output", "-o", help="File to write.")] = DEFAULT_FILE,
    user: Annotated[str | None, typer.Option("--user", help="The label of users, if the guess is wrong.")] = None,
    item: Annotated[list[str] | None, typer.Option("--item", help="The label of items; may be given several times.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Look at the graph and write a hopline.toml for it, in which every line explains itself.

    Labels, keys, relationship types and properties are read from the database's counts, its constraints and samples of at most
    500 nodes a label: a large graph takes no longer than a small one, and nothing is written to it.

    Example: `NEO4J_URI=neo4j://localhost hopline init --user Customer --item Product`
    """
    if output.exists() and not force:
        raise ConfigError(f"there is a {output} already; say --force to write over it, or --output for another file")
    connection, server = read_connection_settings(), read_server_settings()
    with Database.connect(connection, server) as database, progress_bars(quiet or json) as bars:
        proposal = propose_schema(database, user, item or (), bars.stage)
    where = f"the database {connection.database} at {connection.uri or 'the embedded server'}"
    output.write_text(config_text(proposal, where), encoding="utf-8")
    if json:
        print_json(_as_dict(proposal, output))
    else:
        _print(proposal, output)


def _print(proposal: Proposal, output: Path) -> None:
    schema = proposal.schema
    for edge in schema.interactions:
        arrow = f"({edge.source})-[{edge.type}]->({edge.target})"
        console.print(f"{arrow}: {proposal.num_edges[edge]:,}; {proposal.why_edge[edge]}", markup=False, soft_wrap=True)
    others = len(schema.edges) - len(schema.interactions)
    console.print(f"and {len(schema.nodes)} kinds of nodes, {others:,} other kinds of relationships", highlight=False)
    for note in proposal.notes:
        console.print(f"note: {note}", markup=False, soft_wrap=True)
    console.print(f"wrote {output}. Read it, then: `hopline describe`, `hopline train`.", soft_wrap=True)


def _as_dict(proposal: Proposal, output: Path) -> dict[str, object]:
    return {
        "file": str(output),
        "nodes": [
            node.model_dump(mode="json") | {"count": proposal.num_nodes[node.label], "why": proposal.why_node[node.label]}
            for node in proposal.schema.nodes
        ],
        "edges": [
            edge.model_dump(mode="json") | {"count": proposal.num_edges[edge], "why": proposal.why_edge[edge]}
            for edge in proposal.schema.edges
        ],
        "notes": proposal.notes,
    }
