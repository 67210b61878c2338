"""``hopline compress``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.table import Table

from hopline.cli.options import ConfigFile, Json, Quiet
from hopline.cli.output import console, print_json, progress_bars
from hopline.compression import CompressionReport
from hopline.plot.chart_file import check_chart_path, write_chart
from hopline.recommender import Recommender


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("compress", rich_help_panel="Learn")(compress)


def share(text: str | float) -> float:
    """Return a share given as "1%" or 0.01.

    Raises:
        typer.BadParameter: it is none, or not from 0 to 1.
    """
    told = str(text).strip()
    try:
        value = float(told.removesuffix("%")) / (100 if told.endswith("%") else 1)
    except ValueError:
        value = -1.0
    if not 0 <= value < 1:
        raise typer.BadParameter(f"got {told!r}; expected a share such as 1% or 0.01, below 100%")
    return value


def compress(
    config: ConfigFile = None,
    max_loss: Annotated[
        float | None,
        typer.Option(parser=share, metavar="SHARE", help="Share of the metric that may be lost, such as 1%. [default: 1%]"),
    ] = None,
    max_bytes: Annotated[int | None, typer.Option(min=8, help="Bytes a node that a vector may take.")] = None,
    code: Annotated[
        Literal["auto", "float32", "int8", "int4"] | None,
        typer.Option(
            help="What a number is kept in: float32, int8 (a byte) or int4 (half). [default: auto, the smaller of two]"
        ),
    ] = None,
    metric: Annotated[
        str | None, typer.Option(help="What may be lost, such as recall@20. [default: what training was judged by]")
    ] = None,
    size: Annotated[int | None, typer.Option(min=1, help="Make vectors of so many numbers, whatever they lose.")] = None,
    plot: Annotated[
        Path | None, typer.Option("--plot", help="Also draw what was tried, to a .png, .svg or interactive .html file.")
    ] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Go back to the vectors that training ended with.")] = False,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Make the vectors of the last `hopline train` as small as a stated loss allows; the next `hopline publish` serves them.

    Sizes are tried on the validation split, as floats and as bytes: small vectors are taught to rank as the large ones do. The
    smallest that keep enough of the metric are chosen; the test split has no say. Other defaults are set in `[compress]` of
    hopline.toml.

    Example: `hopline compress --max-loss 1%`
    """
    if plot is not None:
        check_chart_path(plot)
    flags = {"max_loss": max_loss, "max_bytes": max_bytes, "metric": metric, "code": code}
    with Recommender.from_config(config) as recommender, progress_bars(quiet or json) as bars:
        if undo:
            had = recommender.uncompress()
        else:
            recommender.compile(compress={name: value for name, value in flags.items() if value is not None})
            report = recommender.compress(size, on_stage=bars.stage)
            if plot is not None:
                from hopline.plot.pareto import pareto_chart  # noqa: PLC0415 - an extra

                write_chart(pareto_chart(report.as_dict()), plot)
    if undo:
        if json:
            print_json({"undone": had})
        else:
            told = "the run has the vectors that training ended with" + ("" if had else "; it had no others")
            console.print(told + (". Next: `hopline publish`." if had else ""), soft_wrap=True, highlight=False)
    elif json:
        print_json(report.as_dict())
    else:
        _print(report)


def _print(report: CompressionReport) -> None:
    table = Table(title=f"vectors by what they keep of the teacher's {report.metric} on validation", title_justify="left")
    for name in ("numbers", "in", "bytes a node", report.metric, "kept", "95 % interval", "first items kept", "s"):
        table.add_column(name, justify="right")
    table.add_column("")
    table.add_row("teacher", "float32", str(report.teacher_bytes), f"{report.teacher:.4f}")
    for one in reversed(report.tried):
        figures = (f"{one.value:.4f}", f"{one.ratio:.4f}", f"{one.low:.3f} to {one.high:.3f}", f"{one.overlap:.3f}")
        mark = "chosen" if one == report.chosen else "on the front" if one in report.front else ""
        table.add_row(str(one.size), one.code, str(one.num_bytes), *figures, f"{one.seconds:.0f}", mark)
    console.print(table)
    console.print("on the front: nothing tried is as good and smaller", highlight=False)
    console.print(f"{_why(report)}. Next: `hopline publish`.", soft_wrap=True, highlight=False)


def _why(report: CompressionReport) -> str:
    chosen = report.chosen
    smaller = report.teacher_bytes / chosen.num_bytes
    kept = "" if report.code == "float32" else f" in {report.code}"
    told = (
        f"chosen: {chosen.size} numbers{kept}, {chosen.num_bytes} bytes a node, {smaller:.1f} times smaller than the teacher's"
    )
    tested = f"; on held-out interactions: NDCG@20 {report.metrics['ndcg@20']:.4f}" if report.metrics else ""
    return f"{told}, {report.reason}{tested}"
