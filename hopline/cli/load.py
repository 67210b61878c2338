"""``hopline load``: files into the graph."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from hopline.cli.options import ConfigFile, Json, Quiet
from hopline.cli.output import console, print_json, progress_bars
from hopline.recommender import LoadReport, Recommender


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("load", rich_help_panel="Learn")(load)


def load(
    folder: Annotated[Path, typer.Argument(help="Folder with the data set's files.")],
    format: Annotated[
        str | None,
        typer.Option("--format", "-f", help="recbole, kgcn or movielens; found by the files' names if left out."),
    ] = None,
    config: ConfigFile = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Load a data set into the graph. Loading it again changes nothing.

    Formats: RecBole atomic files (`.inter .item .user .kg .link`), and the KGCN layout (`user_artists.dat`, `kg.txt`, …).
    Rows that cannot be used are set aside in a file, each with its line and reason.

    Example: `hopline load ml-100k`
    """
    with Recommender.from_config(config) as recommender, progress_bars(quiet or json) as bars:
        report = recommender.load(folder, format, on_stage=bars.stage)
    if json:
        print_json(asdict(report))
    else:
        print_report(report)


def print_report(report: LoadReport) -> None:
    """Say what was written and what was set aside."""
    console.print(report.written.summary(), soft_wrap=True)
    for reason, count in report.set_aside.items():
        console.print(f"set aside: {count:,} × {reason}", markup=False)
    if report.set_aside_file is not None:
        console.print(f"the rows set aside are in {report.set_aside_file}", markup=False, soft_wrap=True)
