"""``hopline learn``: from events while a release serves."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import Annotated

import typer

from hopline.cli.options import ConfigFile, Json, Quiet
from hopline.cli.output import console, print_json, progress_bars
from hopline.errors import DatabaseGoneError
from hopline.recommender import Recommender


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("learn", rich_help_panel="Serve")(learn)


def learn(
    once: Annotated[bool, typer.Option("--once", help="Look once, and end.")] = False,
    every: Annotated[
        float | None, typer.Option("--every", min=0.1, help="Seconds from one look to the next. [default: \\[online] every_s]")
    ] = None,
    config: ConfigFile = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Go on learning from events while a release serves: look at the graph again and again, and publish what was learnt.

    What users ask with is taught by new events, by gradient steps that also repeat some of before and stay near what was
    released. The vectors of items and users that training gave stay as they are, so no index is rewritten. Items that came
    since the training get vectors of those that they share facts with; nodes that were deleted leave the release.

    Each event is foretold before it is learnt, by the student as it is and as it was released: where the first does worse, the
    released one serves again, and it says why. A step that would change too much of what users without new events are shown is
    not taken. `[online]` in hopline.toml has the bounds. When so much happened that training anew is due, it says so.

    Example: `hopline learn`, beside `hopline serve`; `hopline learn --once --json` for a cron job
    """
    with Recommender.from_config(config) as recommender, progress_bars(quiet or json) as bars:
        pause_s = recommender.config.online.every_s if every is None else every
        while True:
            try:
                report = recommender.learn(on_stage=bars.stage)
            except DatabaseGoneError as error:
                if once:
                    raise
                bars.stage(f"the database is away, trying again: {error}", 0, 0)
            else:
                if json:
                    print_json(asdict(report))
                else:
                    console.print(report.summary(), soft_wrap=True, highlight=False, markup=False)
            if once:
                return
            time.sleep(pause_s)
