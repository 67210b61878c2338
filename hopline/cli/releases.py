"""``hopline publish | releases | activate | rollback | gc``."""

from __future__ import annotations

from dataclasses import asdict
from enum import Enum
from typing import Annotated, Any

import typer
from rich.table import Table

from graph.releases import Release
from hopline.cli.options import ConfigFile, Json, Quiet
from hopline.cli.output import console, print_json, progress_bars
from hopline.recommender import Recommender

_PANEL = "Serve"

Unchecked = Annotated[
    bool,
    typer.Option("--unchecked", help="Do not hold its vectors and indexes against what was published, as where it is damaged."),
]


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command("publish", rich_help_panel=_PANEL)(publish)
    app.command("releases", rich_help_panel=_PANEL)(show)
    app.command("activate", rich_help_panel=_PANEL)(activate)
    app.command("rollback", rich_help_panel=_PANEL)(back)
    app.command("gc", rich_help_panel=_PANEL)(collect)


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
        print_json(told(release))
    else:
        console.print(f"release {release.version} is active. Next: `hopline recommend --user ID`.")


def show(config: ConfigFile = None, json: Json = False) -> None:
    """List the releases in the graph, the newest first.

    Example: `hopline releases --json`
    """
    with Recommender.from_config(config) as recommender:
        found = recommender.releases()
    if json:
        print_json({"releases": [told(release) for release in found]})
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
            release.state,
            str(release.created_at),
            "" if ndcg is None else f"{ndcg:.4f}",
        )
    console.print(table)


def activate(
    version: Annotated[int, typer.Argument(help="The release's number, as `hopline releases` lists it.")],
    config: ConfigFile = None,
    unchecked: Unchecked = False,
    json: Json = False,
) -> None:
    """Make a release the active one; `hopline rollback` leads back to the one that was.

    Example: `hopline activate 3`
    """
    with Recommender.from_config(config) as recommender:
        release = recommender.activate(version, check=not unchecked)
    if json:
        print_json(told(release))
    else:
        console.print(f"release {release.version} is active")


def back(config: ConfigFile = None, unchecked: Unchecked = False, json: Json = False) -> None:
    """Make the release before the active one active again.

    Example: `hopline rollback`, then `hopline releases` to see it.
    """
    with Recommender.from_config(config) as recommender:
        release = recommender.rollback(check=not unchecked)
    if json:
        print_json(told(release))
    else:
        console.print(f"release {release.version} is active again")


def collect(
    config: ConfigFile = None,
    keep: Annotated[
        int | None, typer.Option(min=1, help="Newest releases that stay.", show_default="[publish] keep of hopline.toml")
    ] = None,
    json: Json = False,
) -> None:
    """Take old releases away, with their vectors and indexes; the active one and the one before it stay.

    What a publish that died left half-written goes too. Example: `hopline gc --keep 1`
    """
    with Recommender.from_config(config) as recommender:
        gone = recommender.collect(keep)
    if json:
        print_json({"collected": gone})
    else:
        console.print(f"took away {', '.join(f'release {version}' for version in gone) or 'nothing'}")


def told(release: Release) -> dict[str, Any]:
    """Return a release as scripts see it: its fields, and the state that those make up."""
    return asdict(release) | {"state": release.state}
