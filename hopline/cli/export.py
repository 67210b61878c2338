"""``hopline export``: the graph into files."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from hopline.cli.options import ConfigFile, Json, Quiet
from hopline.cli.output import console, print_json, progress_bars
from hopline.recommender import Recommender
from loaders.export import WRITERS


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("export", rich_help_panel="Learn")(export)


def export(
    folder: Annotated[Path, typer.Argument(help="Folder to write to; new or empty.")],
    format: Annotated[str, typer.Option("--format", "-f", help=f"{' or '.join(WRITERS)}.")] = "parquet",
    config: ConfigFile = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Write the graph to files: all that the schema names, nodes with titles and features, relationships with value and time.

    parquet: a table a label and a table for the relationships between two labels, with a mapping.toml by which `hopline import
    FOLDER` reads them as the same graph. recbole: atomic files; what they cannot hold is told.

    Example: `hopline export shop --format recbole`
    """
    with Recommender.from_config(config) as recommender, progress_bars(quiet or json) as bars:
        report = recommender.export(folder, format, on_stage=bars.stage)
    if json:
        print_json(asdict(report))
        return
    for file in report.files:
        console.print(f"{file.rows:>12,} rows  {file.path}", markup=False, soft_wrap=True, highlight=False)
    for note in report.notes:
        console.print(f"note: {note}", markup=False, soft_wrap=True)
