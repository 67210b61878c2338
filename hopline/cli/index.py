"""``hopline index status | refresh | build``."""

from __future__ import annotations

from dataclasses import asdict

import typer
from rich.table import Table
from rich.text import Text

from hopline.cli.options import ConfigFile, Json, Quiet
from hopline.cli.output import console, print_json, progress_bars
from hopline.index import IndexStatus
from hopline.recommender import Recommender


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    index = typer.Typer(
        no_args_is_help=True, help="What answering needs beside vectors: see how it is, mend it, build it anew."
    )
    for command in (status, refresh, build):
        index.command()(command)
    app.add_typer(index, name="index", rich_help_panel="Serve")


def status(config: ConfigFile = None, json: Json = False) -> None:
    """Show the constraints, indexes and popular items that answering needs, what is missing, and how far work on them is.

    Example: `hopline index status`
    """
    with Recommender.from_config(config) as recommender:
        found = recommender.index_status()
    if json:
        print_json(asdict(found) | {"wanting": [part.name for part in found.wanting]})
        return
    console.print(_table(found))
    if found.job is not None:
        job = found.job
        far = f" {job.completed:,} of {job.total:,}" if job.total else ""
        told = f"{job.action}: {job.state}; {job.told or job.stage + far}"
        console.print(told, markup=False, soft_wrap=True)
    if any(part.state in {"missing", "failed"} for part in found.parts):
        console.print("Next: `hopline index refresh` makes what is missing.")
    elif found.wanting:
        console.print("Next: `hopline index refresh` counts popular items, `hopline index build` makes indexes anew.")


def _table(found: IndexStatus) -> Table:
    table = Table()
    for name in ("part", "name", "release", "state", ""):
        table.add_column(name, overflow="fold")
    for part in found.parts:
        version = "" if part.version is None else str(part.version)
        table.add_row(*map(Text, (part.kind, part.name, version, part.state, part.told)))
    return table


def refresh(config: ConfigFile = None, json: Json = False, quiet: Quiet = False) -> None:
    """Make the constraints and indexes that are missing or failed, in place, and count popular items anew.

    Example: `hopline index refresh`
    """
    with Recommender.from_config(config) as recommender, progress_bars(quiet or json) as bars:
        told = recommender.refresh_index(on_stage=bars.stage)
    _print(told, json)


def build(config: ConfigFile = None, json: Json = False, quiet: Quiet = False) -> None:
    """Build the release that serves anew beside itself, with indexes of its own, and have that serve.

    The old one serves until then, and `hopline rollback` leads back to it. Example: `hopline index build`
    """
    with Recommender.from_config(config) as recommender, progress_bars(quiet or json) as bars:
        told = recommender.build_index(on_stage=bars.stage)
    _print(told, json)


def _print(told: str, json: bool) -> None:
    if json:
        print_json({"told": told})
    else:
        console.print(told, markup=False, soft_wrap=True)
