"""``hopline learn``: from events while a release serves."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import Annotated

import typer

from hopline.cli.options import ConfigFile, Json, Quiet
from hopline.cli.output import Bars, console, print_json, print_trouble, progress_bars
from hopline.errors import DatabaseGoneError, HoplineError
from hopline.online.retrain import Retraining
from hopline.online.round import RoundReport
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
    not taken. `[online]` in hopline.toml has the bounds.

    When so much happened that training anew is due, or the run is `[online] retrain_every_days` old, it says so, and why. With
    `[online] retrain = "when due"` it then trains, as `hopline train` does with what hopline.toml says, beside the run that
    serves, and publishes as `hopline publish --canary` does. Whatever fails, what served goes on, and the next try waits
    `retrain_pause_s`, twice as long each time. While it trains, nothing is learnt from events; who asks is answered as before.

    What goes wrong after the first look is told, and looked at again: a database that is away, another publish at work.

    Example: `hopline learn`, beside `hopline serve`; `hopline learn --once --json` for a cron job
    """
    with Recommender.from_config(config) as recommender, progress_bars(quiet or json) as bars:
        pause_s = recommender.config.online.every_s if every is None else every
        has_looked = False
        while True:
            is_new = False
            try:
                report = recommender.learn(on_stage=bars.stage)
                has_looked = True
                _tell(report, json=json)
                if report.due and recommender.config.online.retrain == "when due":
                    retraining = _retrain(recommender, bars)
                    _tell(retraining, json=json)
                    is_new = retraining.outcome == "served"
            except HoplineError as error:
                if once or not (has_looked or isinstance(error, DatabaseGoneError)):
                    raise
                print_trouble(f"looking again in {pause_s:g} s: {error}")
            if once:
                return
            if not is_new:  # what happened while it was trained is waiting
                time.sleep(pause_s)


def _retrain(recommender: Recommender, bars: Bars) -> Retraining:
    return recommender.retrain(on_stage=bars.stage, on_features=bars.features, on_step=bars.step, on_epoch=bars.epoch)


def _tell(report: RoundReport | Retraining, *, json: bool) -> None:
    if json:
        print_json(asdict(report))
    else:
        console.print(report.summary(), soft_wrap=True, highlight=False, markup=False)
