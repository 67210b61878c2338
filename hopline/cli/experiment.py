"""``hopline experiment start | status | report | end | estimate``: which of several releases does better."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from graph.experiments import Experiment, Variant
from hopline.cli.clicks import estimate_lines, report_notes, report_table
from hopline.cli.options import ConfigFile, Json
from hopline.cli.output import console, print_json
from hopline.errors import InputError
from hopline.recommender import Recommender

Name = Annotated[str | None, typer.Argument(help="The experiment's name. [default: the one that runs]")]


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    group = typer.Typer(no_args_is_help=True, help="Answer users by several releases, to see which does better.")
    for command in (start, status, report, end, estimate):
        group.command()(command)
    app.add_typer(group, name="experiment", rich_help_panel="Serve")


def start(
    name: Annotated[str, typer.Argument(help="What it is called; impressions are kept by it.")],
    variants: Annotated[
        list[str],
        typer.Option("--variant", "-v", help="NAME=RELEASE:SHARE, such as new=4:0.5; once for each, shares being 1 in all."),
    ],
    salt: Annotated[
        str | None, typer.Option("--salt", help="Decides, with the name, who is in which variant. [default: a new one]")
    ] = None,
    config: ConfigFile = None,
    json: Json = False,
) -> None:
    """Begin an experiment: from here on each user is answered by the release of their variant.

    Answers tell the variant, and impressions bring it back: {"behaviour": "impression", "shown": {"release": 4, "experiment":
    "fused", "variant": "new"}, …}. What is published meanwhile serves once it ends.

    Example: `hopline experiment start fused --variant old=3:0.5 --variant new=4:0.5`
    """
    with Recommender.from_config(config) as recommender:
        begun = recommender.experiments.start(name, [parse_variant(text) for text in variants], salt=salt)
    if json:
        print_json(asdict(begun))
    else:
        console.print(_table([begun]))


def status(config: ConfigFile = None, json: Json = False) -> None:
    """List the experiments, the newest first.

    Example: `hopline experiment status --json`
    """
    with Recommender.from_config(config) as recommender:
        found = recommender.experiments.all()
    if json:
        print_json({"experiments": [asdict(one) for one in found]})
    elif found:
        console.print(_table(found))
    else:
        console.print("there was no experiment yet. Next: `hopline experiment start`.")


def end(
    name: Name = None,
    winner: Annotated[
        str | None, typer.Option("--winner", "-w", help="Variant whose release becomes active. [default: none]")
    ] = None,
    unchecked: Annotated[
        bool, typer.Option("--unchecked", help="Do not hold the winner's vectors and indexes against what was published.")
    ] = False,
    config: ConfigFile = None,
    json: Json = False,
) -> None:
    """End an experiment: from here on all users are answered by the active release, which may be the winner's.

    Example: `hopline experiment end --winner new`
    """
    with Recommender.from_config(config) as recommender:
        ended = recommender.experiments.end(name, winner, check=not unchecked)
    if json:
        print_json(asdict(ended))
    else:
        console.print(_table([ended]))


def report(name: Name = None, config: ConfigFile = None, json: Json = False) -> None:
    """Show what was shown and clicked, by variant: click-through, how far each is ahead of the first, and how sure that is.

    Intervals take users as drawn, as what one user is shown is alike. Where numbers of users are further from the shares than
    chance allows, it is said: then some of what happened is not told of, and figures are not to be trusted.

    Example: `hopline experiment report fused`
    """
    with Recommender.from_config(config) as recommender:
        found = recommender.experiments.report(name)
    if json:
        print_json(asdict(found))
        return
    console.print(report_table(found))
    for line in report_notes(found):
        console.print(line, markup=False, soft_wrap=True)


def estimate(
    release: Annotated[
        int | None, typer.Option("--release", "-r", help="Release to tell of. [default: the active one]")
    ] = None,
    explore: Annotated[float, typer.Option(min=0, max=1, help="Share of places at which it would explore.")] = 0.0,
    k: Annotated[int, typer.Option("--k", "-k", min=1, max=1000, help="Items of its answers.")] = 10,
    domain: Annotated[
        str | None, typer.Option("--domain", "-d", help="Label of the items. [default: the schema's first item kind]")
    ] = None,
    clip: Annotated[float | None, typer.Option(min=1e-9, help="Highest weight of an impression. [default: any]")] = None,
    config: ConfigFile = None,
    json: Json = False,
) -> None:
    """Estimate the click-through of a release without showing it to anybody, from impressions of answers that explored.

    Those must carry the propensity of each item and tell their answer and place: {"behaviour": "impression", "propensity":
    0.91, "shown": {"answer": "the answer's seed", "place": 1}, …}. Others are counted, and not guessed at.

    Example: `hopline experiment estimate --release 4`, or `hopline experiment estimate --explore 0.2`
    """
    with Recommender.from_config(config) as recommender:
        found = recommender.experiments.estimate(release, explore, k=k, domain=domain, clip=clip)
    if json:
        print_json(asdict(found))
        return
    for line in estimate_lines(found):
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def parse_variant(text: str) -> Variant:
    """Return a variant written as NAME=RELEASE:SHARE.

    Raises:
        InputError: it is not.
    """
    name, _, rest = text.rpartition("=")
    release, _, share = rest.partition(":")
    try:
        return Variant(name, int(release), float(share))
    except ValueError as error:
        raise InputError(f"cannot read the variant {text!r}; expected NAME=RELEASE:SHARE, such as new=4:0.5") from error


def _table(found: list[Experiment]) -> Table:
    table = Table()
    for name in ("experiment", "variant", "release", "share", "state"):
        table.add_column(name, justify="right" if name in {"release", "share"} else "left")
    for experiment in found:
        for place, variant in enumerate(experiment.variants):
            state = _state(experiment, variant) if place == 0 or variant.name == experiment.winner else ""
            row = ["" if place else experiment.name, variant.name, str(variant.release), f"{variant.share:.1%}", state]
            table.add_row(*map(Text, row))
    return table


def _state(experiment: Experiment, variant: Variant) -> str:
    told = f"runs since {experiment.started_at}" if experiment.is_running else f"ended {experiment.ended_at}"
    return f"{told}, won" if variant.name == experiment.winner else told
