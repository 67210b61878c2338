"""What people and scripts see: tables, JSON, and progress bars."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from gnn.checkpoint import EpochRecord
from graph.answers import Recommendations
from graph.explain import Explanation
from hopline.cli.features import feature_table
from loaders.features import PropertyReport

console = Console()


def print_json(value: dict[str, Any]) -> None:
    """Print one JSON object on standard output."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=str) + "\n")


def print_set_aside(reasons: Mapping[str, int], file: Path | None) -> None:
    """Say how many rows could not be used, and where they are."""
    for reason, count in reasons.items():
        console.print(f"set aside: {count:,} × {reason}", markup=False, soft_wrap=True)
    if file is not None:
        console.print(f"the rows set aside are in {file}", markup=False, soft_wrap=True)


def print_trouble(told: str) -> None:
    """Say on standard error what went wrong, where work goes on."""
    Console(stderr=True).print(told, style="yellow", markup=False, highlight=False, soft_wrap=True)


class Bars:
    """Progress bars on standard error: a bar a stage."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[str, Any] = {}

    def stage(self, stage: str, done: int, total: int) -> None:
        """Move the bar of ``stage``, or say its name if there is nothing to count."""
        if total == 0:
            self._progress.console.print(stage, highlight=False, soft_wrap=True)
            return
        if stage not in self._tasks:
            self._tasks[stage] = self._progress.add_task(stage, total=total, note="")
        self._progress.update(self._tasks[stage], completed=done, total=total)

    def features(self, rows: list[PropertyReport]) -> None:
        """Show what was found in the properties that are learnt from."""
        if rows:
            self._progress.console.print(feature_table(rows))

    def step(self, epoch: int, step: int, steps: int) -> None:
        """Move the training bar within an epoch."""
        if "training" not in self._tasks:
            self._tasks["training"] = self._progress.add_task("training", total=steps, note="")
        self._progress.update(self._tasks["training"], description=f"training, epoch {epoch + 1}", completed=step, total=steps)

    def epoch(self, record: EpochRecord) -> None:
        """Say how an epoch went."""
        times = {name: f" × {weight:.2g}" for name, weight in record.weights.items()}
        losses = ", ".join(f"{name} {value:.3f}{times.get(name, '')}" for name, value in record.losses.items())
        metrics = "".join(f", {name} {value:.4f}" for name, value in _main_metrics(record).items())
        self._progress.console.print(
            f"epoch {record.epoch:>3}: loss {losses}{metrics}, {record.edges_per_s:,.0f} edges/s",
            highlight=False,
            soft_wrap=True,
        )


def _main_metrics(record: EpochRecord) -> dict[str, float]:
    """Return the figure that stands for each task: NDCG of the ranking, the first of each other."""
    main: dict[str, tuple[str, float]] = {}
    for name, value in record.metrics.items():
        task, _, figure = name.partition("/")
        if figure or task.startswith("ndcg"):
            main.setdefault(task, (name, value))
    return dict(main.values())


@contextmanager
def progress_bars(quiet: bool) -> Iterator[Bars]:
    """Show progress bars on a terminal while the block runs, unless ``quiet``; elsewhere epochs are told line by line."""
    console = Console(stderr=True, quiet=quiet)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as progress:
        yield Bars(progress)


def recommendation_table(found: Recommendations, title: str, reasons: list[str] | None = None) -> Table:
    """Return the items of an answer as a table, with a reason each if given."""
    table = Table(title=Text(title), title_justify="left")
    table.add_column("#", justify="right")
    table.add_column(Text(found.domain.lower()))
    table.add_column("title", overflow="fold")
    table.add_column("score", justify="right")
    tasks = dict.fromkeys(task for item in found.items for task in item.scores)
    for task in tasks:
        table.add_column(task, justify="right")
    is_fused = any(item.found_by for item in found.items)
    if is_fused:
        table.add_column("found by")
    if reasons is not None:
        table.add_column("because", overflow="fold")
    for rank, item in enumerate(found.items, 1):
        row = [
            str(rank),
            str(item.id),
            item.title or "",
            f"{item.score:.4f}",
            *(f"{item.scores[task]:.4f}" if task in item.scores else "" for task in tasks),
            *([" and ".join(item.found_by)] if is_fused else []),
        ]
        because = [reasons[rank - 1]] if reasons is not None else []
        table.add_row(*map(Text, row + because))  # as Text: brackets in a title are no markup
    return table


def explanation_table(found: Explanation, title: str) -> Table:
    """Return the paths of an explanation as a table."""
    table = Table(title=Text(title), title_justify="left")
    table.add_column("weight", justify="right")
    table.add_column("reason", overflow="fold")
    for path in found.paths:
        table.add_row(f"{path.weight:.3f}", Text(path.sentence))
    return table
