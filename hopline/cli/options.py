"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text, for scripts.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress bars.")]
ConfigFile = Annotated[
    Path | None,
    typer.Option("--config", "-c", help="Configuration file. [default: hopline.toml, if it is there]"),
]
User = Annotated[str, typer.Option("--user", "-u", help="The user's id.")]
Item = Annotated[str, typer.Option("--item", "-i", help="The item's id.")]
Tenant = Annotated[
    str | None,
    typer.Option(
        "--tenant", "-t", help="Whose items and users it is about, as [ask.tenants] of hopline.toml declares it. [default: all]"
    ),
]
Count = Annotated[int, typer.Option("--k", "-k", min=1, max=1000, help="How many.")]
