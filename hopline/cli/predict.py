"""``hopline predict``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer
from rich.table import Table
from rich.text import Text

from hopline.cli.options import ConfigFile, Json
from hopline.cli.output import console, print_json
from hopline.config import read_config
from hopline.errors import InputError
from hopline.predict import COLUMNS, Foretold, predict
from hopline.run_folder import read_run
from loaders.files.csv_file import CsvFile
from loaders.files.rows import Rows

_SHOWN = 20  # pairs that are shown in a terminal


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("predict", rich_help_panel="Ask")(predict_pairs)


def predict_pairs(
    task: Annotated[Foretold, typer.Argument(help="What to foretell.")],
    user: Annotated[str | None, typer.Option("--user", "-u", help="The user's id.")] = None,
    item: Annotated[str | None, typer.Option("--item", "-i", help="The item's id.")] = None,
    pairs: Annotated[
        Path | None, typer.Option("--pairs", help="A CSV file of pairs, in columns named user and item, instead of one pair.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Write all pairs to this CSV file.")] = None,
    domain: Annotated[
        str | None, typer.Option("--domain", "-d", help="Label of the items. [default: the first item kind that has an id]")
    ] = None,
    config: ConfigFile = None,
    json: Json = False,
) -> None:
    """Foretell a click, a conversion or a rating of a user and an item, by the last `hopline train`.

    Rating is learnt by default; for the others put a section `[tasks.click]` or `[tasks.conversion]` into hopline.toml before
    training. Pairs of which nothing is known come back with the reason. Neo4j is not asked.

    Example: `hopline predict rating --user 196 --item 242`, or `hopline predict click --pairs shown.csv --out foretold.csv`
    """
    set_aside: list[dict[str, Any]] = []
    if pairs is not None and user is None and item is None:
        rows = Rows.joined(list(CsvFile(pairs).batches()))
        asked = rows.frame
        set_aside = [row for rejected in rows.rejected for row in rejected.to_dicts()]
    elif pairs is None and user is not None and item is not None:
        asked = pl.DataFrame({"user": [user], "item": [item]})
    else:
        raise InputError("give --user and --item, or --pairs with a CSV file that has the columns user and item")
    found = predict(read_run(read_config(config).run_folder), asked, task, domain)
    if out is not None:
        found.write_csv(out)
    if json:
        print_json({"task": task, "pairs": found.to_dicts(), "set_aside": set_aside})
        return
    for row in set_aside:
        console.print(f"{row['file']}, line {row['line']} was set aside: {row['reason']}", markup=False, soft_wrap=True)
    console.print(_table(found, task))
    without = found["reason"].is_not_null().sum()
    told = f"{len(found):,} pairs, {without:,} of them without a {COLUMNS[task]}"
    console.print(told if out is None else f"{told}; all are in {out}", markup=False, highlight=False, soft_wrap=True)


def _table(found: pl.DataFrame, task: Foretold) -> Table:
    table = Table(title=task if len(found) <= _SHOWN else f"{task}, the first {_SHOWN} pairs", title_justify="left")
    for name in ("user", "item", COLUMNS[task]):
        table.add_column(name, justify="right" if name in COLUMNS.values() else "left")
    table.add_column("why not", overflow="fold")
    for row in found.head(_SHOWN).to_dicts():
        figure = row[COLUMNS[task]]
        cells = (str(row["user"]), str(row["item"]), "" if figure is None else f"{figure:.4f}", row["reason"] or "")
        table.add_row(*map(Text, cells))
    return table
