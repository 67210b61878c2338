"""``hopline publish | releases [diff] | activate | rollback | gc``."""

from __future__ import annotations

from dataclasses import asdict
from enum import Enum
from typing import Annotated, Any

import typer
from rich.table import Table

from graph.releases import Release
from hopline.cli.options import ConfigFile, Json, Quiet
from hopline.cli.output import console, print_json, progress_bars
from hopline.recommender import Recommender
from hopline.release_diff import MOST_ITEMS, ReleaseDiff

_PANEL = "Serve"

Unchecked = Annotated[
    bool,
    typer.Option("--unchecked", help="Do not hold its vectors and indexes against what was published, as where it is damaged."),
]


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command("publish", rich_help_panel=_PANEL)(publish)
    releases = typer.Typer(invoke_without_command=True)
    releases.callback()(show)
    releases.command("diff")(diff)
    app.add_typer(releases, name="releases", rich_help_panel=_PANEL)
    app.command("activate", rich_help_panel=_PANEL)(activate)
    app.command("rollback", rich_help_panel=_PANEL)(back)
    app.command("gc", rich_help_panel=_PANEL)(collect)


class Model(str, Enum):
    """What can be published: models whose scores are products of vectors."""

    hopline = "hopline"
    ials = "ials"


def publish(
    config: ConfigFile = None,
    model: Annotated[
        Model, typer.Option(help="What the last `hopline train` learnt, or iALS, tuned and fitted now on the same split.")
    ] = Model.hopline,
    canary: Annotated[
        bool,
        typer.Option("--canary", help="Ask it for some users first, and keep the old release unless [publish.canary] is met."),
    ] = False,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Write vectors into the graph as a new release and make it the active one.

    The old release serves until the new one is written, indexed and checked. Example: `hopline publish --canary`
    """
    with Recommender.from_config(config) as recommender, progress_bars(quiet or json) as bars:
        release = recommender.publish(model.value, canary=canary, on_stage=bars.stage)
    if json:
        print_json(told(release))
    else:
        if canary:
            console.print(canary_table(release))
        console.print(f"release {release.version} is active. Next: `hopline recommend --user ID`.")


def show(context: typer.Context, config: ConfigFile = None, json: Json = False) -> None:
    """List the releases in the graph, the newest first, or compare two of them.

    Example: `hopline releases --json`
    """
    if context.invoked_subcommand is not None:
        return
    with Recommender.from_config(config) as recommender:
        found = recommender.releases()
    if json:
        print_json({"releases": [told(release) for release in found]})
        return
    if not found:
        console.print("nothing is published yet. Next: `hopline train`, then `hopline publish`.")
        return
    table = Table()
    for name in ("version", "model", "vectors", "state", "created", "NDCG@20"):
        table.add_column(name)
    for release in found:
        ndcg = release.metrics.get("ndcg@20")
        table.add_row(
            str(release.version),
            "ials" if "ials" in release.config else "hopline",
            f"{release.dimensions} {release.code}",
            release.state,
            str(release.created_at),
            "" if ndcg is None else f"{ndcg:.4f}",
        )
    console.print(table)


def diff(
    old: Annotated[int, typer.Argument(help="A release's number, as `hopline releases` lists it.")],
    new: Annotated[int, typer.Argument(help="That of another.")],
    k: Annotated[int, typer.Option("--k", "-k", min=1, max=MOST_ITEMS, help="How many items of each user to compare.")] = 10,
    config: ConfigFile = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Tell how many users' first items differ between two releases, ranked exactly, items that they met left out.

    Example: `hopline releases diff 2 3`
    """
    with Recommender.from_config(config) as recommender, progress_bars(quiet or json) as bars:
        found = recommender.diff_releases(old, new, k, on_stage=bars.stage)
    if json:
        domains = {label: asdict(change) | {"changed": change.changed} for label, change in found.domains.items()}
        print_json(asdict(found) | {"domains": domains})
        return
    for label, change in found.domains.items():
        console.print(
            f"{label}: the first {k} differ for {change.changed:,} of {change.num_users:,} users from release {old} to {new}"
        )
    for version, retrieve in {old: found.retrieve[0], new: found.retrieve[1]}.items():
        if retrieve == "vectors+similar":
            console.print(f"release {version}: items found by vectors and by neighbours of what users met", highlight=False)
    for label, version in found.only_in.items():
        console.print(f"{label}: only release {version} has it")
    console.print(_diff_table(found))


def _diff_table(found: ReleaseDiff) -> Table:
    table = Table()
    for name in ("domain", "users", "number", "other items", "other order", "items kept"):
        table.add_column(name, justify="left" if name in {"domain", "users"} else "right")
    for label, change in found.domains.items():
        for users, part in {"all": change, **found.slices[label]}.items():
            counts = (part.num_users, part.other_items, part.other_order)
            table.add_row(label, users, *(f"{count:,}" for count in counts), f"{part.kept:.1%}")
    return table


def canary_table(release: Release) -> Table:
    """Return the checks that a release passed as a table."""
    beside = release.canary["beside"]
    table = Table(title=f"release {release.version} beside {'none' if beside is None else beside}", title_justify="left")
    for name in ("check", "value", "limit", "what it is"):
        table.add_column(name, overflow="fold")
    for check in release.canary["checks"]:
        sign = "≤" if check["is_upper"] else "≥"
        table.add_row(check["name"], f"{check['value']:.4g}", f"{sign} {check['limit']:.4g}", check["told"])
    return table


def activate(
    version: Annotated[int, typer.Argument(help="The release's number, as `hopline releases` lists it.")],
    config: ConfigFile = None,
    unchecked: Unchecked = False,
    json: Json = False,
) -> None:
    """Make a release the active one; `hopline rollback` leads back to the one that was.

    Example: `hopline activate 3`
    """
    with Recommender.from_config(config) as recommender:
        release = recommender.activate(version, check=not unchecked)
    if json:
        print_json(told(release))
    else:
        console.print(f"release {release.version} is active")


def back(config: ConfigFile = None, unchecked: Unchecked = False, json: Json = False) -> None:
    """Make the release before the active one active again.

    Example: `hopline rollback`, then `hopline releases` to see it.
    """
    with Recommender.from_config(config) as recommender:
        release = recommender.rollback(check=not unchecked)
    if json:
        print_json(told(release))
    else:
        console.print(f"release {release.version} is active again")


def collect(
    config: ConfigFile = None,
    keep: Annotated[
        int | None, typer.Option(min=1, help="Newest releases that stay.", show_default="[publish] keep of hopline.toml")
    ] = None,
    json: Json = False,
) -> None:
    """Take old releases away, with all they have in the graph; the active one and the one before it stay.

    What a publish that died left half-written goes too, and ids of events older than [events] keep_ids_days.
    Example: `hopline gc --keep 1`
    """
    with Recommender.from_config(config) as recommender:
        gone, forgotten = recommender.collect(keep), recommender.forget_events()
    if json:
        print_json({"collected": gone, "forgotten_events": forgotten})
    else:
        console.print(f"took away {', '.join(f'release {version}' for version in gone) or 'nothing'}")
        if forgotten:
            console.print(f"forgot the ids of {forgotten:,} old events")


def told(release: Release) -> dict[str, Any]:
    """Return a release as scripts see it: its fields, and the state that those make up."""
    return asdict(release) | {"state": release.state}
