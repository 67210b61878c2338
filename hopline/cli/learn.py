"""``hopline train`` and ``hopline evaluate``."""

from __future__ import annotations

from typing import Annotated

import typer

from hopline.cli.evaluation import print_evaluation, report_as_dict
from hopline.cli.options import ConfigFile, Json, Quiet
from hopline.cli.output import console, print_json, progress_bars
from hopline.recommender import Recommender
from hopline.run_folder import Run, read_run
from loaders.features import FittedFeatures

_PANEL = "Learn"


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command("train", rich_help_panel=_PANEL)(train)
    app.command("evaluate", rich_help_panel=_PANEL)(evaluate)


def train(
    config: ConfigFile = None,
    epochs: Annotated[int | None, typer.Option(min=1, help="Passes over the interactions, at most.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="The same seed gives the same vectors.")] = None,
    workers: Annotated[int | None, typer.Option(min=0, help="Sampling processes; never changes the result.")] = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Train on the graph. Cut off, the same command goes on where it was.

    Part of the interactions is held out to stop in time, part to measure; see `[split]` in hopline.toml.

    Example: `hopline train --epochs 20`
    """
    flags = {"epochs": epochs, "seed": seed, "num_workers": workers}
    with Recommender.from_config(config) as recommender, progress_bars(quiet or json) as bars:
        recommender.compile(train={name: value for name, value in flags.items() if value is not None})
        recommender.fit(on_stage=bars.stage, on_features=bars.features, on_step=bars.step, on_epoch=bars.epoch)
        run = read_run(recommender.config.run_folder)
        allowed = recommender.config.train.epochs
    if json:
        features = [row.model_dump() for row in FittedFeatures.from_json(run.features).report]
        print_json(
            {
                "metrics": run.metrics,
                "best_epoch": run.best_epoch,
                "train_s": run.train_s,
                "fused": run.fused,
                "retrieve": run.retrieve,
                "features": features,
            }
        )
    else:
        console.print(f"{_trained(run)}. Next: `hopline publish`.", soft_wrap=True, highlight=False)
        if run.best_epoch == allowed:
            console.print(
                f"The last of {allowed} epochs was the best: more may be better still (`--epochs {2 * allowed}`).",
                soft_wrap=True,
            )


def _trained(run: Run) -> str:
    """Say how a run went, by test interactions, or by those it was validated on where the split has no test part."""
    shown = {"NDCG@20": "ndcg@20", "Recall@20": "recall@20"}
    if not set(shown.values()) <= run.metrics.keys():
        shown = {name: name for name in sorted(run.metrics) if name.startswith("valid/ndcg")}
    figures = ", ".join(f"{name} {run.metrics[key]:.4f}" for name, key in shown.items())
    tested = {name: value for name, value in run.metrics.items() if name in ("click/auc", "conversion/auc", "rating/rmse")}
    figures += "".join(f", {name} {value:.4f}" for name, value in tested.items())
    shares = {name: share for name, share in run.fused.get("shares", {}).items() if share}
    fused = f", fused with {' and '.join(f'{name} by {share:.0%}' for name, share in shares.items())}" if shares else ""
    if run.fused.get("length"):
        fused = f", items longer by how often they were met to the power of {run.fused['length']:g}"
    if run.retrieve == "vectors+similar":
        fused += ", with neighbours of what users met"
    return f"trained {run.best_epoch} epochs in {run.train_s:.0f} s{fused}; on held-out interactions: {figures}"


def evaluate(
    config: ConfigFile = None,
    tuned: Annotated[
        bool, typer.Option("--tune/--no-tune", help="Tune the peers on validation, or take their defaults.")
    ] = True,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Compare the trained model with popularity, ItemKNN, RP3beta, EASE and iALS on held-out interactions.

    Every model ranks all items, seen ones masked; figures are means over users with 95 % intervals. With several kinds of items
    each is ranked by itself. Told apart are those kinds, cold, warm and long-tail items, and users with little history; beside
    accuracy stand coverage, novelty, diversity and how far lists are from what the user took before. What is compared is
    the last `hopline train`, asked as `[ask] retrieve` says or validation chose; the others are tuned on the same validation
    split, and fitted on the same interactions.

    Example: `hopline evaluate --json`
    """
    with Recommender.from_config(config) as recommender, progress_bars(quiet or json) as bars:
        report = recommender.evaluate(tuned=tuned, on_peer=lambda name: bars.stage(f"fitting {name}", 0, 1))
    if json:
        print_json(report_as_dict(report))
    else:
        print_evaluation(report)
