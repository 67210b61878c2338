"""``hopline fuse``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.table import Table
from rich.text import Text

from hopline.cli.options import ConfigFile, Json, Quiet
from hopline.cli.output import console, print_json, progress_bars
from hopline.recommender import Recommender
from hopline.run_fusion import RunFusionReport


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("fuse", rich_help_panel="Learn")(fuse)


def fuse(
    runs: Annotated[list[Path], typer.Argument(metavar="RUN RUN …", help="Folders of finished runs, two or more.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder to write the fused run to.")],
    take: Annotated[
        Literal["sum", "fitted", "average"] | None,
        typer.Option("--take", help="What to write, whatever it gains. [default: what is surely better, or nothing]"),
    ] = None,
    config: ConfigFile = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Make one run of several finished ones: of other seeds, sizes or settings, on the same graph, cleaned and split alike.

    Tried on the validation split are each run alone, the sum of their scores, by equal shares and by fitted ones, and the
    average of their vectors, turned to those of the first run, where nothing is lost half way. What is surely better than the
    first run alone is written to the folder, and HOPLINE_RUN_FOLDER=FOLDER has the other commands take it; else nothing is.

    Example: `hopline fuse runs/small runs/large --out runs/both`
    """
    with Recommender.from_config(config) as recommender, progress_bars(quiet or json) as bars:
        report = recommender.fuse(runs, out, take, on_stage=bars.stage)
    if json:
        print_json(report.as_dict())
    else:
        _print(report)


def _print(report: RunFusionReport) -> None:
    table = Table(title=f"runs alone and fused, by {report.metric} on validation", title_justify="left")
    table.add_column("")
    for name in (report.metric, f"beside {report.first}"):
        table.add_column(Text(name), justify="right")
    table.add_column("of", overflow="fold")
    table.add_column("")
    for one in report.tried:
        beside = "" if one.name == report.first else one.beside()
        shares = ", ".join(f"{name} {share:.0%}" for name, share in one.shares.items()) if one.is_fused else ""
        mark = "taken" if one.name == report.taken else ""
        table.add_row(Text(one.name), f"{one.value:.4f}", beside, Text(shares), mark)
    console.print(table)
    _say("±: twice the standard error by users; more than that is no chance")
    for name, barrier in report.barriers.items():
        joined = "connected" if barrier.is_connected else "not averaged, as it is not connected"
        ends = sum(barrier.ends) / 2
        _say(
            f"{name}: {joined}; half way from {report.first} to it {report.metric} is {barrier.half_way:.4f}, and "
            f"{ends:.4f} in the mean of both ends (a barrier of {barrier.height:.4f} ± {2 * barrier.error:.4f})"
        )
    for name, why in report.left_out.items():
        _say(f"{name} was not tried: {why}")
    if report.taken is None:
        _say(f"{report.reason}.")
        return
    tested = f"; on held-out interactions: NDCG@20 {report.metrics['ndcg@20']:.4f}" if "ndcg@20" in report.metrics else ""
    _say(f"{report.taken} is taken, {report.reason}{tested}. Next: `HOPLINE_RUN_FOLDER={report.out} hopline publish`.")


def _say(told: str) -> None:
    console.print(told, markup=False, highlight=False, soft_wrap=True)
