"""``hopline sync``: the kept snapshot brought up to date, or held against the graph."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from graph.sync import Difference
from hopline.cli.options import ConfigFile, Json, Quiet
from hopline.cli.output import console, print_json, progress_bars
from hopline.recommender import Recommender


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("sync", rich_help_panel="Learn")(sync)


def sync(
    check: Annotated[
        bool,
        typer.Option("--check", help="Change nothing; read the whole graph and show what the kept snapshot has otherwise."),
    ] = False,
    config: ConfigFile = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Bring the snapshot that training reads up to date, reading only what changed in the graph since the last time.

    The commands that learn or measure do so themselves. With `--check` the exit status is 1 if the graph and the kept
    snapshot differ, as they do when the graph changed since the last `hopline sync`.

    Example: `hopline sync && hopline sync --check`
    """
    with Recommender.from_config(config) as recommender, progress_bars(quiet or json) as bars:
        if check:
            differences = recommender.check_sync(on_stage=bars.stage)
        else:
            report = recommender.sync(on_stage=bars.stage)
    if not check:
        if json:
            print_json(asdict(report))
        else:
            console.print(report.summary(), soft_wrap=True, highlight=False, markup=False)
        return
    if json:
        print_json({"equal": not differences, "differences": [asdict(difference) for difference in differences]})
    elif differences:
        console.print(_table(differences))
    else:
        console.print("the kept snapshot is what the graph holds")
    if differences:
        raise typer.Exit(1)


def _table(differences: list[Difference]) -> Table:
    table = Table(title="the kept snapshot against the graph", title_justify="left")
    for name in ("kind", "missing", "superfluous", "differing", "such as"):
        table.add_column(name, justify="left" if name in {"kind", "such as"} else "right", overflow="fold")
    for one in differences:
        counts = (f"{number:,}" for number in (one.missing, one.superfluous, one.differing))
        table.add_row(*map(Text, (one.name, *counts, "\n".join(one.examples))))
    return table
