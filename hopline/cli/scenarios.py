"""``hopline scenarios``: the orders that can be asked for."""

from __future__ import annotations

import typer
from rich.table import Table
from rich.text import Text

from graph.blend import lacking
from hopline.cli.options import ConfigFile, Json
from hopline.cli.output import console, print_json
from hopline.errors import ReleaseError
from hopline.recommender import Recommender


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("scenarios", rich_help_panel="Ask")(scenarios)


def scenarios(config: ConfigFile = None, json: Json = False) -> None:
    """List what `[ask.scenarios]` declares: of which items each is, what it ranks by, and what the active release lacks for it.

    Example: `hopline scenarios`, then `hopline recommend --user 196 --scenario NAME`
    """
    with Recommender.from_config(config) as recommender:
        found = recommender.scenarios()
        try:
            release = recommender.active_release()
        except ReleaseError:
            release = None
    lacks = {one.name: [] if release is None else lacking(one, release) for one in found}
    version = None if release is None else release.version
    if json:
        told = [{"name": one.name, "domains": one.domains, "weights": one.weights, "lacks": lacks[one.name]} for one in found]
        print_json({"version": version, "scenarios": told})
        return
    if not found:
        console.print("no scenario is declared; give one a section [ask.scenarios.NAME] in hopline.toml", markup=False)
        return
    table = Table(title="scenarios", title_justify="left")
    for name in ("name", "items", "ranked by", "nothing is published" if version is None else f"release {version}"):
        table.add_column(name, overflow="fold")
    for one in found:
        weighed = " + ".join(f"{weight:g} × {task}" for task, weight in one.weights.items())
        state = "" if version is None else f"lacks {', '.join(lacks[one.name])}" if lacks[one.name] else "ready"
        table.add_row(*map(Text, (one.name, ", ".join(one.domains), weighed, state)))
    console.print(table)
