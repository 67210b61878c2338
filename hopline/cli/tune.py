"""``hopline tune``."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from hopline.cli.options import ConfigFile, Json, Quiet
from hopline.cli.output import Bars, console, print_json, progress_bars
from hopline.config import DEFAULT_FILE
from hopline.config_change import change_config
from hopline.recommender import Recommender
from hopline.tune import DEFAULT_TRIALS, Progress, Tried, TuningReport

_SHOWN = 5  # trials in the table: of these, settings can be compared within 100 columns


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("tune", rich_help_panel="Learn")(tune)


def tune(
    config: ConfigFile = None,
    trials: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Trials to end with, those of earlier calls counted. "
            f"[default: {DEFAULT_TRIALS}, or with --minutes as many as there is time for]",
        ),
    ] = None,
    minutes: Annotated[float | None, typer.Option(help="No trial begins after so many minutes.")] = None,
    metric: Annotated[str | None, typer.Option(help="What to tune by, on validation. [default: train.metric]")] = None,
    write: Annotated[bool, typer.Option("--write", help="Write the best settings to the configuration file.")] = False,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Search the settings of training that are best on validation; the test split is never looked at.

    The first trial is the present configuration; those that fall behind others are ended early. Cut off, the same command goes
    on where it was, and more `--trials` go on where fewer ended. Nothing is changed without `--write`, which keeps the
    comments of hopline.toml.

    Example: `hopline tune --minutes 30 --write`
    """
    path = config or DEFAULT_FILE
    with Recommender.from_config(config) as recommender, progress_bars(quiet or json) as bars:
        try:
            found = recommender.tune(
                trials=trials,
                minutes=minutes,
                metric=metric,
                on_stage=bars.stage,
                on_features=bars.features,
                on_step=bars.step,
                on_trial=_Told(bars).trial,
            )
        except KeyboardInterrupt:
            Console(stderr=True).print("cut off; finished trials are kept, and the same command goes on after them")
            raise
    if write and found.changes:
        change_config(path, found.sections)
    written = path if write and found.changes else None
    if json:
        print_json(_as_dict(found) | {"written": None if written is None else str(written)})
    else:
        _print(found, path, written)


class _Told:
    """Says on standard error how trials end."""

    def __init__(self, bars: Bars) -> None:
        self._bars = bars

    def trial(self, tried: Tried, progress: Progress) -> None:
        if tried.value is not None:
            outcome = f"{_figure(tried.value)}, {tried.best_epoch} epochs"
        else:
            outcome = "fell behind" if tried.state == "pruned" else f"failed: {tried.why}"
        best = "" if progress.best is None else f"; best {_figure(progress.best.value)}, of trial {progress.best.number}"
        left = "" if progress.left_s is None else f"; about {_duration(progress.left_s)} left"
        self._bars.stage(f"trial {tried.number}: {outcome}, {tried.seconds:.1f} s{best}{left}", 0, 0)
        if progress.wanted is not None:
            self._bars.stage("trials", progress.done, progress.wanted)


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"


def _as_dict(found: TuningReport) -> dict[str, Any]:
    return {
        "metric": found.metric,
        "best": asdict(found.best),
        "present": None if found.present is None else asdict(found.present),
        "gain": None if found.gain is None else asdict(found.gain),
        "changes": found.changes,
        "toml": found.toml(),
        "importances": found.importances,
        "trials": [asdict(trial) for trial in found.trials],
        "new": found.new,
        "study": str(found.study),
    }


def _print(found: TuningReport, path: Path, written: Path | None) -> None:
    console.print(_table(found))
    count = {state: sum(trial.state == state for trial in found.trials) for state in ("complete", "pruned", "failed")}
    console.print(
        f"{len(found.trials)} trials: {count['complete']} complete, {count['pruned']} fell behind, {count['failed']} failed; "
        f"kept in {found.study}",
        markup=False,
        highlight=False,
        soft_wrap=True,
    )
    if not found.changes:
        console.print("the present configuration is the best of them: there is nothing to change")
        return
    where = f"written to {written}" if written else f"to take it over, say --write or set in {path}"
    console.print(
        f"best: trial {found.best.number}{_beside_present(found)}; {where}:", markup=False, highlight=False, soft_wrap=True
    )
    console.print(f"\n{found.toml()}\n", markup=False, highlight=False, soft_wrap=True)
    if written:
        console.print("Next: `hopline train`.")


def _beside_present(found: TuningReport) -> str:
    if found.present is None or not found.present.value or found.best.value is None:
        return ""
    told = f", {found.best.value / found.present.value - 1:+.1%} beside the present configuration"
    if found.gain is None:
        return told
    low, high = (end / found.present.value for end in (found.gain.low, found.gain.high))
    chance = ", so it may be chance" if low <= 0 <= high else ""
    return f"{told} (95 % interval by users {low:+.1%} to {high:+.1%}{chance})"


def _table(found: TuningReport) -> Table:
    """Return settings by trials, the present configuration first, and how much each setting mattered."""
    best = found.ranked()[:_SHOWN]
    shown = best if found.present is None else [found.present, *(trial for trial in best if trial != found.present)]
    table = Table(title=f"the best trials by {found.metric} on validation", title_justify="left")
    table.add_column("setting", no_wrap=True)
    for trial in shown:
        table.add_column(f"#{trial.number}" + (" now" if trial == found.present else ""), justify="right")
    if found.importances:
        table.add_column("matters", justify="right")
    mattered = [""] if found.importances else []
    for name, cells in (
        (found.metric, [_figure(trial.value) for trial in shown]),
        ("network alone", [_figure(trial.alone) for trial in shown]),
        ("epochs", [f"{trial.best_epoch}" for trial in shown]),
        ("seconds", [f"{trial.seconds:.1f}" for trial in shown]),
    ):
        table.add_row(name, *cells, *mattered, end_section=name == "seconds")
    for key in sorted(found.best.settings, key=lambda key: -found.importances.get(key, 0.0)):
        share = [f"{found.importances.get(key, 0.0):.0%}"] if found.importances else []
        table.add_row(key, *(Text(_short(trial.settings[key])) for trial in shown), *share)
    return table


def _figure(value: float | None) -> str:
    return "" if value is None else f"{abs(value):.4f}"  # an error is kept as a negative number, so that more is better


def _short(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)
