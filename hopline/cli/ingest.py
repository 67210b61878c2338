"""``hopline ingest``: events into the graph as they come."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from hopline.cli.options import ConfigFile, Json, Quiet, Tenant
from hopline.cli.output import console, print_json, print_set_aside, progress_bars
from hopline.recommender import Recommender


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("ingest", rich_help_panel="Serve")(ingest)


def ingest(
    source: Annotated[
        Path, typer.Argument(help="File of JSON objects, one a line (.gz, .bz2 and .xz too), or - for standard input.")
    ],
    tenant: Tenant = None,
    config: ConfigFile = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Take in events as they happen: a JSON object a line, each an interaction that the next recommendation knows of.

    An event names a user, an item and a behaviour of the graph, and may say more:

    ```
    {"user": "196", "item": "242", "behaviour": "rating", "value": 4, "time": "2026-03-01T12:00:00Z", "id": "e-1"}
    {"user": "new", "item": "242", "behaviour": "click", "context": {"device": "phone", "scenario": "home"}}
    {"user": "196", "item": "9", "behaviour": "impression", "propensity": 0.1, "time": 1772366400}
    ```

    **behaviour** is a relationship type, or what it stands for (`hopline describe` lists them); **impression** records that an
    item was shown, which is no interaction. **time** is ISO 8601, or a number since 1970; without one, it is now. **domain** is
    the item's label, where a behaviour is of several. Users and items that are not there are made: with **user_properties** and
    **item_properties**, and with **facts**, such as `[{"relation": "DIRECTED_BY", "entity": "ann"}]`.

    Each event is taken in once, by its **id**, or without one by what it says: after an interruption, run the same again. The
    graph keeps one relationship of a user, a behaviour and an item, that of the latest event, in whatever order events come.

    Lines that cannot be used are set aside, with line and reason, in `<run folder>/set-aside`. Reading waits for the database,
    in memory that does not grow. A database that goes away is tried again for `[events] retry_s` seconds.

    Examples: `hopline ingest events.jsonl`, `tail -F -n +1 clicks.jsonl | hopline ingest - --json`
    """
    with Recommender.from_config(config) as recommender, progress_bars(quiet or json) as bars:
        report = recommender.ingest(source, tenant=tenant, on_stage=bars.stage)
    if json:
        print_json(asdict(report))
        return
    console.print(report.summary(), soft_wrap=True, highlight=False, markup=False)
    print_set_aside(report.set_aside, report.set_aside_file)
