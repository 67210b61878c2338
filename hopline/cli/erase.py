"""``hopline erase``: a person, out of everything."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from hopline.cli.options import ConfigFile, Json, User
from hopline.cli.output import console, print_json
from hopline.recommender import Recommender


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("erase", rich_help_panel="Serve")(erase)


def erase(
    user: User,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask first.")] = False,
    config: ConfigFile = None,
    json: Json = False,
) -> None:
    """Erase a user: their node, all that leads to it, and what every release and the last run have learnt of them.

    It cannot be taken back. The receipt tells what was erased, and what may still name them and is to be looked at by hand,
    such as lines that were set aside. What the model learnt of all users together stays until the next `hopline train`.
    `DELETE /users/ID` does the same over HTTP.

    Example: `hopline erase --user 196 --yes --json > receipt.json`
    """
    if not yes:
        typer.confirm(f"erase user {user} from the graph, for good?", abort=True, err=True)
    with Recommender.from_config(config) as recommender:
        receipt = recommender.erase(user)
    if json:
        print_json(asdict(receipt))
        return
    gone = ", ".join(f"{number:,} {type_}" for type_, number in receipt.relationships.items()) or "no relationships"
    lines = [f"erased user {receipt.user} at {receipt.erased_at}: {gone}"]
    if receipt.releases:
        lines.append(f"and their vectors in the releases {', '.join(map(str, receipt.releases))}")
    lines += [*receipt.files, *(f"left: {one}" for one in receipt.left)]
    for line in lines:
        console.print(line, soft_wrap=True, highlight=False, markup=False)
