"""The ``hopline`` command: its groups, and how an error is shown."""

from __future__ import annotations

import sys

import typer
from rich.console import Console

from hopline.cli import (
    ask,
    clean,
    compress,
    describe,
    doctor,
    embed,
    erase,
    experiment,
    explore,
    export,
    files,
    fuse,
    index,
    ingest,
    init,
    learn,
    online,
    plot,
    predict,
    releases,
    scenarios,
    serve,
    server,
    sync,
    tune,
)
from hopline.cli.demo import demo
from hopline.errors import HoplineError

app = typer.Typer(
    name="hopline",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    help=(
        "A graph-neural-network recommender that lives on Neo4j.\n\n"
        "The usual way: `hopline import FOLDER`, or `hopline init` for a graph that is there; then `hopline train`, "
        "`hopline publish`, `hopline recommend --user ID`. "
        "With NEO4J_URI set, that server is used (NEO4J_USERNAME, NEO4J_PASSWORD, NEO4J_DATABASE); without, an embedded "
        "Neo4j is started and kept."
    ),
)
for group in (
    server,
    doctor,
    init,
    files,
    export,
    describe,
    sync,
    clean,
    embed,
    learn,
    tune,
    compress,
    fuse,
    releases,
    index,
    ask,
    ingest,
    online,
    erase,
    experiment,
    serve,
    predict,
    scenarios,
    explore,
    plot,
):
    group.add_to(app)
app.command(rich_help_panel="Start here")(demo)


def main() -> None:
    """Run the command line; a known error is one message on stderr and exit status 1, never a traceback."""
    try:
        app()
    except (HoplineError, OSError) as error:  # OSError: a full disk, a folder that may not be written
        Console(stderr=True).print(f"error: {error}", style="red", markup=False, highlight=False, soft_wrap=True)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
