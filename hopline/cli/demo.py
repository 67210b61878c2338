"""``hopline demo``: the whole loop on MovieLens, with nothing to prepare."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from graph.database import Database
from graph.settings import ConnectionSettings
from hopline.cli.evaluation import print_evaluation
from hopline.cli.files import print_report
from hopline.cli.options import Quiet
from hopline.cli.output import console, explanation_table, progress_bars, recommendation_table
from hopline.config import read_config, read_server_settings
from hopline.recommender import Recommender

NUM_SHOWN = 8


def demo(
    user: Annotated[int, typer.Option("--user", "-u", min=1, max=671, help="Whom to recommend to.")] = 1, quiet: Quiet = False
) -> None:
    """Load MovieLens, train, publish, and recommend with reasons: everything Hopline does, in a few minutes.

    Needs the extra: `pip install "hopline[demo]"`. Example: `hopline demo --user 15`
    """
    seconds: dict[str, float] = {}
    settings = read_server_settings()
    # A server of its own, whatever NEO4J_URI says: the demonstration must not mix with anybody's data.
    settings = settings.model_copy(update={"home": settings.home / "demo"})
    config = read_config(run_folder=Path("runs/demo"))
    with (
        Recommender(config, Database.connect(ConnectionSettings(uri=None, database="neo4j"), settings)) as recommender,
        progress_bars(quiet) as bars,
    ):
        started = time.perf_counter()
        report = recommender.load(".", "demo", on_stage=bars.stage)
        seconds["load"] = time.perf_counter() - started
        print_report(report)
        started = time.perf_counter()
        recommender.fit(on_stage=bars.stage, on_features=bars.features, on_step=bars.step, on_epoch=bars.epoch)
        seconds["train"] = time.perf_counter() - started
        started = time.perf_counter()
        release = recommender.publish(on_stage=bars.stage)
        seconds["publish"] = time.perf_counter() - started
        console.print(
            f"release {release.version} is active: " + ", ".join(f"{name} {value:.0f} s" for name, value in seconds.items())
        )
        evaluation = recommender.evaluate(tuned=False, on_peer=lambda name: bars.stage(f"fitting {name} to compare", 0, 0))
        found = recommender.recommend(str(user), NUM_SHOWN)
        reasons = [recommender.reason(str(user), item.id) for item in found.items]
        paths = recommender.explain(str(user), found.items[0].id)
    print_evaluation(evaluation)
    console.print("the others at their default settings; `hopline evaluate` tunes them first, which takes longer here")
    console.print(recommendation_table(found, f"what next for user {user}", reasons))
    console.print(explanation_table(paths, f"why {found.items[0].title or found.items[0].id}"))
    console.print("the same, in cypher-shell:")
    console.print(found.statement, markup=False, highlight=False, soft_wrap=True)
    console.print(f"explore it: HOPLINE_HOME={settings.home} hopline recommend --user 15 --why", markup=False, soft_wrap=True)
