"""``hopline doctor``: what is there, what is missing, and what to do."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer
from rich.text import Text

from graph.checkup import Finding, Status
from hopline.checkup import check_up
from hopline.cli.options import ConfigFile, Json, Quiet
from hopline.cli.output import console, print_json, progress_bars

_STYLES = {Status.OK: "green", Status.WARNING: "yellow", Status.PROBLEM: "red"}


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("doctor", rich_help_panel="Start here")(doctor)


def doctor(
    estimate: Annotated[
        bool,
        typer.Option("--estimate/--no-estimate", help="Try some steps of training, to estimate its time and memory, or not."),
    ] = True,
    config: ConfigFile = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Check versions, server, rights, indexes, schema, disk and memory, and estimate what training will need.

    Nothing is started, changed or left behind: the embedded server is looked at if it runs. What may be written is tried in
    transactions that are taken back. The estimate is measured by some steps of training on a made-up graph of the same shape,
    which takes some ten seconds. The exit status is 1 if anything is a problem.

    Example: `hopline doctor --json`
    """
    with progress_bars(quiet or json) as bars:
        found = check_up(config, estimate, bars.stage)
    if json:
        print_json(
            {
                "well": found.is_well,
                "findings": [asdict(finding) | {"status": finding.status.value} for finding in found.findings],
                "estimate": None if found.estimate is None else asdict(found.estimate),
            }
        )
    else:
        for finding in found.findings:
            console.print(_told(finding), soft_wrap=True)
    if not found.is_well:
        raise typer.Exit(1)


def _told(finding: Finding) -> Text:
    told = Text.assemble((f"{finding.status.value:<8}", _STYLES[finding.status]), f"{finding.subject}: {finding.what}")
    return told.append(f"\n{'':8}→ {finding.todo}") if finding.todo else told
