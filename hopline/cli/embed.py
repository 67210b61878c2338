"""``hopline embed``."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.table import Table

from gnn.kge.models import ModelName
from hopline.cli.options import ConfigFile, Json, Quiet
from hopline.cli.output import console, print_json, progress_bars
from hopline.embed import FILE, EmbeddedFacts
from hopline.recommender import Recommender


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("embed", rich_help_panel="Learn")(embed)


def embed(
    model: Annotated[ModelName | None, typer.Option(help="How a relation joins two entities.")] = None,
    epochs: Annotated[int | None, typer.Option(min=1, help="Passes over the facts, at most; validation decides.")] = None,
    size: Annotated[int | None, typer.Option(min=2, help="Numbers of every vector, an even number.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="The same seed gives the same vectors.")] = None,
    write: Annotated[str | None, typer.Option(help="Property of the nodes that the vectors are written to, too.")] = None,
    config: ConfigFile = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Embed the knowledge graph by itself, and measure how well held-out facts are found.

    The vectors, learnt from all facts after that, go to `kge.parquet` in the run folder: label, id, vector. With
    `[kge] input = true` in hopline.toml, `hopline train` gives such vectors to the network beside the nodes' features.

    Example: `hopline embed --model complex --write kge`
    """
    flags = {"model": model, "epochs": epochs, "embedding_size": size, "seed": seed}
    with Recommender.from_config(config) as recommender, progress_bars(quiet or json) as bars:
        recommender.compile(kge={name: value for name, value in flags.items() if value is not None})
        found = recommender.embed(write, on_stage=bars.stage, on_step=bars.step, on_epoch=bars.epoch)
        path = recommender.config.run_folder / FILE
    if json:
        print_json(_as_dict(found) | {"file": str(path), "property": write})
    else:
        console.print(_table(found))
        count = sum(len(part.ids) for part in found.vectors)
        console.print(f"{count:,} vectors are in {path}", markup=False, highlight=False, soft_wrap=True)


def _as_dict(found: EmbeddedFacts) -> dict[str, Any]:
    return {
        **{name: value for name, value in vars(found).items() if name != "vectors"},
        "num_vectors": {part.label: len(part.ids) for part in found.vectors},
    }


def _table(found: EmbeddedFacts) -> Table:
    table = Table(
        title=f"{found.model}: {found.num_facts:,} facts of {found.num_relations} relations, {found.best_epoch} epochs, "
        f"{found.train_s:.1f} s; both ends ranked among all entities, known facts left out",
        title_justify="left",
    )
    table.add_column("held-out facts")
    for name in found.test:
        table.add_column(name, justify="right")
    for part, figures in (("validation", found.valid), ("test", found.test)):
        table.add_row(part, *(f"{value:.4f}" for value in figures.values()))
    return table
