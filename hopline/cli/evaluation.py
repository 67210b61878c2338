"""An evaluation as tables: how right lists are, what else they are like, and for whom; each within 100 columns."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from rich.table import Table
from rich.text import Text

from gnn.compare import Row
from hopline.cli.output import console
from hopline.evaluate import EvaluationReport

_ACCURACY = ("ndcg@20", "recall@20", "mrr@20", "hit_rate@20")
_BEYOND = ("coverage@20", "novelty@20", "diversity@20", "miscalibration@20")
_SLICED = "ndcg@20"


def report_as_dict(report: EvaluationReport) -> dict[str, Any]:
    """Return the report as plain values."""
    told = asdict(report)
    return {"num_users": told.pop("num_users"), "models": {row["name"]: row for row in told.pop("rows")}} | told


def print_evaluation(report: EvaluationReport) -> None:
    """Print the tables, and how the peers were tuned."""
    for table in (accuracy_table(report), beyond_table(report), slices_table(report)):
        console.print(table)
    if report.retrieve == "vectors+similar":
        console.print("hopline: items found by vectors and by neighbours of what users met", highlight=False)
    for part, of_tasks in report.tasks.items():
        if of_tasks:
            figures = ", ".join(f"{name} {value:.4f}" for name, value in of_tasks.items())
            console.print(f"our tasks, on {part}: {figures}", markup=False, highlight=False)
    for name, params in report.params.items():
        if params:
            told = ", ".join(f"{key} {value:g}" for key, value in params.items())
            console.print(f"{name}: {told}; tuned in {report.tune_s[name]:.0f} s", highlight=False)
    for name, why in report.left_out.items():
        console.print(f"{name} was left out: {why}", markup=False, soft_wrap=True)


def accuracy_table(report: EvaluationReport) -> Table:
    """Return models by metrics of accuracy, with half their 95 % interval, and seconds."""
    table = _table(
        f"{report.num_users} test users, all items ranked, seen ones masked", ["model", *_ACCURACY, "fit s", "rank s"]
    )
    for row in report.rows:
        fit_s = "" if row.fit_s is None else f"{row.fit_s:.1f}"
        figures = [_with_interval(row, name) for name in _ACCURACY]
        table.add_row(row.name, *figures, fit_s, f"{row.query_s:.2f}")
    return table


def beyond_table(report: EvaluationReport) -> Table:
    """Return models by what lists are like beside accuracy."""
    table = _table("what the lists are like", ["model", *_BEYOND])
    for row in report.rows:
        table.add_row(row.name, *(f"{row.metrics[name]:.4f}" for name in _BEYOND))
    table.caption = Text(
        "coverage: share of items shown to anyone; novelty: bits; diversity: 1 − cosine of who met two items of a list; "
        f"miscalibration: nats from the user's past, by {report.calibrated_by}, lower is better"
    )
    table.caption_justify = "left"
    return table


def slices_table(report: EvaluationReport) -> Table:
    """Return slices and domains by models, NDCG@20; a star where it surely differs from the first model's."""
    table = _table(f"{_SLICED} by slice", ["slice", "users", *(row.name for row in report.rows)])
    for name, num_users in report.slices.items():
        table.add_row(Text(name), str(num_users), *(_starred(row, f"{_SLICED}/{name}") for row in report.rows))
    table.caption = Text(
        "items by users who met them in what was learnt from: cold, none; tail, those that hold the last 20 %; users: new, at "
        "most 5 items; light, the quarter with the fewest; *: the 95 % interval of the difference from the first leaves out 0"
    )
    table.caption_justify = "left"
    return table


def _table(title: str, columns: list[str]) -> Table:
    table = Table(title=title, title_justify="left")
    for number, name in enumerate(columns):
        table.add_column(name, justify="right" if number else "left", no_wrap=not number, overflow="fold")
    return table


def _with_interval(row: Row, name: str) -> str:
    low, high = row.intervals[name]
    return f"{row.metrics[name]:.4f} ±{(high - low) / 2:.3f}"


def _starred(row: Row, name: str) -> str:
    difference = row.differences.get(name)
    differs = difference is not None and not difference.low <= 0 <= difference.high
    return f"{row.metrics[name]:.3f}" + ("*" if differs else " ")
