"""``hopline up | down | status``: the embedded Neo4j."""

from __future__ import annotations

from dataclasses import asdict

import typer

from graph.server.lifecycle import down, status, up
from hopline.cli.options import Json, Quiet
from hopline.cli.output import console, print_json, progress_bars
from hopline.config import read_server_settings

_PANEL = "Embedded Neo4j"


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command("up", rich_help_panel=_PANEL)(start)
    app.command("down", rich_help_panel=_PANEL)(stop)
    app.command("status", rich_help_panel=_PANEL)(show)


def start(json: Json = False, quiet: Quiet = False) -> None:
    """Start the embedded Neo4j, or find the one that runs; the first time its jars are fetched (about 180 MB).

    Example: `hopline up`, then open the address with cypher-shell or Neo4j's tools; the password is in the file named.
    """
    with progress_bars(quiet or json) as bars:
        server = up(read_server_settings(), progress=lambda done, total, name: bars.stage("fetching Neo4j", done, total))
    if json:
        print_json(asdict(server))
    else:
        console.print(
            f"Neo4j is up at {server.uri} (pid {server.pid}); data and password file in {server.home}",
            soft_wrap=True,
        )


def stop(json: Json = False) -> None:
    """Stop the embedded Neo4j; what was committed stays.

    Example: `hopline down`
    """
    stopped = down(read_server_settings())
    if json:
        print_json({"stopped": stopped})
    else:
        console.print("Neo4j is down" if stopped else "no embedded Neo4j was running")


def show(json: Json = False) -> None:
    """Tell whether the embedded Neo4j runs, and where.

    Example: `hopline status --json`
    """
    found = status(read_server_settings())
    if json:
        print_json(asdict(found))
    elif found.running:
        console.print(
            f"Neo4j {found.version} is up at {found.uri} (pid {found.pid}) since {found.started_at}; home {found.home}",
            soft_wrap=True,
        )
    else:
        console.print(f"Neo4j is down; home {found.home}. Start it with `hopline up`.", soft_wrap=True)
