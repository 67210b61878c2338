"""``hopline publish | releases | rollback``."""

from __future__ import annotations

from dataclasses import asdict
from enum import Enum
from typing import Annotated

import typer
from rich.table import Table

from hopline.cli.options import ConfigFile, Json, Quiet
from hopline.cli.output import console, print_json, progress_bars
from hopline.recommender import Recommender

_PANEL = "Serve"


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command("publish", rich_help_panel=_PANEL)(publish)
    app.command("releases", rich_help_panel=_PANEL)(show)
    app.command("rollback", rich_help_panel=_PANEL)(back)


class Model(str, Enum):
    """What can be published: models whose scores are products of vectors."""

    hopline = "hopline"
    ials = "ials"


def publish(
    config: ConfigFile = None,
    model: Annotated[
        Model, typer.Option(help="What the last `hopline train` learnt, or iALS, tuned and fitted now on the same split.")
    ] = Model.hopline,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Write vectors into the graph as a new release and make it the active one.

    The old release serves until the new one is written, indexed and checked. Example: `hopline publish --model ials`
    """
    with Recommender.from_config(config) as recommender, progress_bars(quiet or json) as bars:
        release = recommender.publish(model.value, on_stage=bars.stage)
    if json:
        print_json(asdict(release))
    else:
        console.print(f"release {release.version} is active. Next: `hopline recommend --user ID`.")


def show(config: ConfigFile = None, json: Json = False) -> None:
    """List the releases in the graph, the newest first.

    Example: `hopline releases --json`
    """
    with Recommender.from_config(config) as recommender:
        found = recommender.releases()
    if json:
        print_json({"releases": [asdict(release) for release in found]})
        return
    if not found:
        console.print("nothing is published yet. Next: `hopline train`, then `hopline publish`.")
        return
    table = Table()
    for name in ("version", "model", "state", "created", "NDCG@20"):
        table.add_column(name)
    for release in found:
        ndcg = release.metrics.get("ndcg@20")
        table.add_row(
            str(release.version),
            "ials" if "ials" in release.config else "hopline",
            "active" if release.active else "ready" if release.ready else "incomplete",
            str(release.created_at),
            "" if ndcg is None else f"{ndcg:.4f}",
        )
    console.print(table)


def back(config: ConfigFile = None, json: Json = False) -> None:
    """Make the release before the active one active again.

    Example: `hopline rollback`, then `hopline releases` to see it.
    """
    with Recommender.from_config(config) as recommender:
        release = recommender.rollback()
    if json:
        print_json(asdict(release))
    else:
        console.print(f"release {release.version} is active again")
