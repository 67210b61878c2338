"""``hopline export | export-student``: the graph, or what serves users who are new, into files."""

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
    """Register the commands."""
    app.command("export", rich_help_panel="Learn")(export)
    app.command("export-student", rich_help_panel="Learn")(export_student)


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


def export_student(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The .onnx file to write.")],
    config: ConfigFile = None,
    json: Json = False,
) -> None:
    """Write what makes the vector of a user whom training has not seen, from what they did, as an ONNX model.

    It takes `items`, places of items met, and `weights`, users by events each, and gives `vectors`; their products with items'
    vectors rank as the release does. The metadata `items` has the ids in the order of the places, by label.

    Example: `hopline export-student student.onnx`
    """
    with Recommender.from_config(config) as recommender:
        number = recommender.export_student(file)
    if json:
        print_json({"file": str(file), "items": number})
    else:
        console.print(f"written: {file}, over {number:,} items", markup=False, highlight=False, soft_wrap=True)
