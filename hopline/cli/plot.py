"""``hopline plot pareto | releases | embedding``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hopline.cli.options import ConfigFile, Json
from hopline.cli.output import console, print_json
from hopline.item_map import INTERACTIONS
from hopline.plot.chart_file import check_chart_path, write_chart
from hopline.recommender import Recommender
from hopline.run_folder import read_run

plot = typer.Typer(
    no_args_is_help=True,
    help="Draw to a .png or .svg file, or to .html, which answers to the mouse. Example: `hopline plot releases releases.html`",
)

File = Annotated[Path, typer.Argument(metavar="FILE", help="A .png, .svg or .html file to write.")]


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    for command in (pareto, releases, embedding):
        plot.command()(command)
    app.add_typer(plot, name="plot", rich_help_panel="Ask")


def pareto(file: File, config: ConfigFile = None, json: Json = False) -> None:
    """Draw what the last `hopline compress` tried: what small vectors keep, by the bytes that they take.

    Example: `hopline plot pareto pareto.png`
    """
    check_chart_path(file)
    from hopline.plot.pareto import pareto_chart  # noqa: PLC0415 - an extra

    with Recommender.from_config(config) as recommender:
        write_chart(pareto_chart(read_run(recommender.config.run_folder).compressed), file)
    _tell(file, json)


def releases(
    file: File,
    metrics: Annotated[
        list[str] | None, typer.Option("--metric", "-m", help="What to draw, such as ndcg@20; may be given again.")
    ] = None,
    config: ConfigFile = None,
    json: Json = False,
) -> None:
    """Draw the metrics of the releases that the graph has, one after the other.

    Example: `hopline plot releases releases.html --metric ndcg@20`
    """
    check_chart_path(file)
    from hopline.plot.releases import release_chart  # noqa: PLC0415 - an extra

    with Recommender.from_config(config) as recommender:
        ready = [release for release in reversed(recommender.releases()) if release.ready]
    write_chart(release_chart(ready, metrics or ()), file)
    _tell(file, json)


def embedding(
    file: File,
    domain: Annotated[str | None, typer.Option("--domain", help="Label of the items. [default: the schema's first]")] = None,
    by: Annotated[
        str, typer.Option("--by", help="What colours them: interactions, or a property of the items.")
    ] = INTERACTIONS,
    limit: Annotated[int, typer.Option("--limit", min=3, max=50_000, help="How many items, those met most.")] = 2_000,
    config: ConfigFile = None,
    json: Json = False,
) -> None:
    """Draw a map of items: near to each other are those that the active release has alike.

    Example: `hopline plot embedding map.html --by genre`
    """
    check_chart_path(file)
    from hopline.plot.embedding import embedding_chart  # noqa: PLC0415 - an extra

    with Recommender.from_config(config) as recommender:
        chart = embedding_chart(recommender.item_map(domain, by=by, limit=limit))
    write_chart(chart, file)
    _tell(file, json)


def _tell(file: Path, json: bool) -> None:
    if json:
        print_json({"file": str(file)})
    else:
        console.print(f"drawn: {file}", markup=False, highlight=False, soft_wrap=True)
