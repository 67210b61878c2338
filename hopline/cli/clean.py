"""``hopline clean``: what training would leave out, and why."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from hopline.cli.options import ConfigFile, Json, Quiet
from hopline.cli.output import console, print_json, progress_bars
from hopline.recommender import Recommender
from loaders.clean import CleanReport


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("clean", rich_help_panel="Learn")(clean)


def clean(
    rows: Annotated[
        Path | None, typer.Option("--rows", help="Write each row that is dropped or changed to this Parquet file.")
    ] = None,
    config: ConfigFile = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Show what training would leave out of the graph or change, by rule, without training.

    The rules are those of `[clean]` in hopline.toml; the graph in Neo4j stays as it is, whatever they say.

    Example: `hopline clean --rows dropped.parquet`
    """
    with Recommender.from_config(config) as recommender, progress_bars(quiet or json) as bars:
        report = recommender.clean(on_stage=bars.stage)
    written = None if rows is None else report.write(rows)
    if json:
        print_json(report.as_dict() | {"rows": written})
        return
    console.print(_table(report))
    if rows is not None:
        told = f"the rows are in {written}" if written else "no row is dropped or changed, so no file was written"
        console.print(told, markup=False, soft_wrap=True)


def _table(report: CleanReport) -> Table:
    title = f"training would learn from {report.kept:,} of {report.interactions:,} interactions"
    table = Table(title=title, title_justify="left")
    table.add_column("rule")
    for name in ("rows seen", "dropped", "of them held out", "changed"):
        table.add_column(name, justify="right")
    table.add_column("note", overflow="fold")
    for count in report.counts:
        numbers = (count.seen, count.dropped, count.held_out, count.changed)
        table.add_row(count.rule, *(f"{number:,}" for number in numbers), Text(count.note))
    return table
