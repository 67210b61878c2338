"""``hopline explore neighbours | paths | degrees | popularity | communities``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import polars as pl
import typer
from rich.table import Table
from rich.text import Text

from graph.explore.asked import parse_node
from hopline.cli.options import ConfigFile, Json
from hopline.cli.output import console, print_json
from hopline.recommender import Recommender

explore = typer.Typer(no_args_is_help=True, help="Look around in the graph. Example: `hopline explore neighbours Item:50`")

Types = Annotated[
    list[str] | None, typer.Option("--type", "-t", help="A relationship type to follow; may be given again. [default: all]")
]
Label = Annotated[str | None, typer.Option("--label", "-l", help="Label of the items. [default: the schema's first]")]
Cypher = Annotated[bool, typer.Option("--cypher", help="Print the statement that answers, to paste into cypher-shell.")]
Count = Annotated[int, typer.Option("--k", "-k", help="How many.")]
Node = Annotated[str, typer.Argument(metavar="LABEL:ID", help="The node, such as Item:50.")]


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    for command in (neighbours, paths, degrees, popularity, communities):
        explore.command()(command)
    app.add_typer(explore, name="explore", rich_help_panel="Ask")


def neighbours(
    node: Node,
    depth: Annotated[int, typer.Option("--depth", "-d", help="Hops, 1 to 3.")] = 1,
    limit: Annotated[int, typer.Option("--limit", help="Relationships followed from a node, of each role or type.")] = 25,
    types: Types = None,
    cypher: Cypher = False,
    config: ConfigFile = None,
    json: Json = False,
) -> None:
    """Show what is around a node.

    Example: `hopline explore neighbours Item:50 --depth 2 --limit 5`
    """
    with Recommender.from_config(config) as recommender:
        explorer = recommender.explore
        found = explorer.neighbourhood(*parse_node(explorer.schema, node), depth=depth, limit=limit, types=types)
    if json:
        print_json(found.as_dict())
    elif cypher:
        _print_statements([found.statement])
    else:
        shown = f"{len(found.nodes) - 1:,} nodes within {depth} of {found.centre}, which has {found.degree:,} relationships"
        _print_frame(found.frame(), shown)


def paths(
    source: Annotated[str, typer.Argument(metavar="FROM", help="Where they begin, as LABEL:ID, such as User:196.")],
    target: Annotated[str, typer.Argument(metavar="TO", help="Where they end, as LABEL:ID, such as Item:50.")],
    length: Annotated[int, typer.Option("--length", help="Relationships a path may have, 1 to 6.")] = 4,
    k: Count = 5,
    types: Types = None,
    cypher: Cypher = False,
    config: ConfigFile = None,
    json: Json = False,
) -> None:
    """Show the best paths between two nodes: the shortest, and of those the ones through nodes that fewer meet.

    Example: `hopline explore paths User:196 Item:50 --length 3`
    """
    with Recommender.from_config(config) as recommender:
        explorer = recommender.explore
        ends = [parse_node(explorer.schema, text) for text in (source, target)]
        found = explorer.paths(ends[0], ends[1], length, k, types)
    if json:
        print_json(found.as_dict())
    elif cypher:
        _print_statements([found.statement])
    elif found.paths:
        _print_frame(found.frame(), f"from {source} to {target}")
    else:
        console.print(f"no path of at most {length} relationships leads from {source} to {target}", markup=False)


def degrees(
    types: Types = None,
    histogram: Annotated[bool, typer.Option("--histogram", help="Show how many nodes have how many relationships.")] = False,
    cypher: Cypher = False,
    config: ConfigFile = None,
    json: Json = False,
) -> None:
    """Show how many relationships nodes have, by kind and side; without --type, for the 20 kinds with most of them.

    Example: `hopline explore degrees --type RATED --histogram`
    """
    with Recommender.from_config(config) as recommender:
        found = recommender.explore.degrees(types)
    if json:
        print_json(
            {
                "degrees": found.frame().to_dicts(),
                "histogram": found.histogram().to_dicts(),
                "kinds_left_out": found.left_out,
                "statements": [side.statement for side in found.sides],
            }
        )
    elif cypher:
        _print_statements([side.statement for side in found.sides])
    else:
        left_out = f"; {found.left_out} kinds with fewer relationships are left out" if found.left_out else ""
        frame = found.histogram() if histogram else found.frame().drop("without", "relationships", "p90")
        kind = pl.concat_str("source", "type", "target", separator=" ").alias("kind")
        _print_frame(frame.select(kind, pl.exclude("source", "type", "target")), f"degrees{left_out}")


def popularity(
    label: Label = None,
    k: Count = 20,
    by: Annotated[str | None, typer.Option("--by", help="Show interactions over time instead, by day, month or year.")] = None,
    cypher: Cypher = False,
    config: ConfigFile = None,
    json: Json = False,
) -> None:
    """Show the items with most interactions, and how much of everything falls on the few most popular.

    Example: `hopline explore popularity --k 10`
    """
    with Recommender.from_config(config) as recommender:
        explorer = recommender.explore
        over_time = None if by is None else explorer.popularity_over_time(label, by)
        found = explorer.popularity(label, k)
    if json:
        told: dict[str, Any] = {
            "label": found.label,
            "items": found.frame().to_dicts(),
            "summary": found.summary(),
            "heads": found.head_frame().to_dicts(),
            "statement": found.statement,
        }
        print_json(told | ({} if over_time is None else {"over_time": over_time.to_dicts()}))
    elif cypher:
        _print_statements([found.statement])
    elif over_time is not None:
        _print_frame(over_time, f"interactions with {found.label} by {by}")
    else:
        _print_frame(found.frame(), f"most popular {found.label}")
        _print_frame(found.head_frame(), "which share of the interactions falls on which share of the items")
        summary = found.summary()
        spread = {"figure": [name.replace("_", " ") for name in summary], "value": list(map(_cell, summary.values()))}
        _print_frame(pl.DataFrame(spread), "the spread")


def communities(
    label: Label = None,
    by: Annotated[
        str | None,
        typer.Option("--by", help="What makes items alike: vectors or interactions. [default: vectors, if published]"),
    ] = None,
    k: Count = 10,
    num_items: Annotated[int, typer.Option("--items", help="The most popular items, so many, are divided.")] = 5_000,
    neighbours: Annotated[int, typer.Option("--neighbours", help="Each item is joined with so many most like it.")] = 10,
    resolution: Annotated[float, typer.Option("--resolution", help="Higher: more and smaller communities.")] = 1.0,
    seed: Annotated[int, typer.Option("--seed", min=0, help="The same seed gives the same communities.")] = 0,
    cypher: Cypher = False,
    config: ConfigFile = None,
    json: Json = False,
) -> None:
    """Show communities of items that are alike, with their most popular items and what is typical of them.

    Example: `hopline explore communities --k 5 --items 2000`
    """
    with Recommender.from_config(config) as recommender:
        found = recommender.explore.communities(label, by, k, num_items, neighbours, resolution, seed)
    if json:
        print_json(found.as_dict())
    elif cypher:
        _print_statements([found.statement])
    else:
        basis = "who met them" if found.version is None else f"the vectors of release {found.version}"
        alone = f", {found.num_alone:,} like none of the others" if found.num_alone else ""
        title = f"{len(found.items):,} {found.label} nodes by {basis}; modularity {found.modularity:.3f}{alone}"
        _print_frame(found.frame(), title)


def _print_statements(statements: Sequence[str]) -> None:
    console.print(";\n\n".join(statements), markup=False, highlight=False, soft_wrap=True)


def _print_frame(frame: pl.DataFrame, title: str) -> None:
    table = Table(title=Text(title), title_justify="left")
    for name, type_ in frame.schema.items():
        table.add_column(
            name.replace("_", " "),
            justify="right" if type_.is_numeric() else "left",
            overflow="fold",
            no_wrap=type_.is_numeric(),
        )
    for row in frame.iter_rows():
        table.add_row(*(Text(_cell(value)) for value in row))  # as Text: brackets in a title are no markup
    console.print(table)


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return "\n".join(map(str, value))
    if isinstance(value, float):
        return f"{value:.4g}"
    return "" if value is None else f"{value:,}" if isinstance(value, int) else str(value)
