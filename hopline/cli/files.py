"""``hopline import``: files into the graph."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import asdict
from json import loads
from pathlib import Path
from typing import Annotated, Any

import typer

from graph.database import Database
from hopline.cli.options import ConfigFile, Json, Quiet
from hopline.cli.output import console, print_json, print_set_aside, progress_bars
from hopline.config import read_other_connection, read_server_settings
from hopline.errors import ConfigError
from hopline.load import LoadReport
from hopline.recommender import Recommender
from loaders.files import MAPPING_EXAMPLE, READERS, Given, guess_of, mapping_text, open_data_set

_PANEL = "Learn"
_IMPORT_HELP = (
    "Load a data set into the graph. Loading it again changes nothing.\n\n"
    "All of it is read and checked before anything is written, in memory that does not grow with the number of interactions. "
    "Rows that cannot be used are set aside in a file, with line and reason.\n\n"
    "The formats, found by the files' names unless --format says one:\n\n"
    + "\n\n".join(f"**{reader.name}**: {reader.description}. Example: `{reader.example}`" for reader in READERS)
    + "\n\n**a Cypher query**, of this or another Neo4j. Example: `SHOP_URI=neo4j://shop SHOP_PASSWORD=… hopline import --from "
    "SHOP --query 'MATCH (u:Customer)-[b:BOUGHT]->(i:Product) WHERE b.at > $since RETURN u.id AS user, i.id AS item, "
    "b.at AS time' --param since=1700000000`"
    + "\n\nA mapping says which table holds which nodes or relationships. `--write-mapping FILE` writes the one guessed, "
    f"to be changed. For example:\n\n```\n{MAPPING_EXAMPLE}```"
)


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command("import", rich_help_panel=_PANEL, help=_IMPORT_HELP)(import_files)


def import_files(
    source: Annotated[Path | None, typer.Argument(help="Folder with the data set's files, or one file.")] = None,
    format: Annotated[
        str | None,
        typer.Option(
            "--format",
            "-f",
            help=f"{', '.join(reader.name for reader in READERS)}; found by the files' names if left out.",
        ),
    ] = None,
    mapping: Annotated[
        Path | None,
        typer.Option("--mapping", "-m", help="File that says which table holds what. [default: mapping.toml in the folder]"),
    ] = None,
    write_mapping: Annotated[
        Path | None,
        typer.Option("--write-mapping", help="Write what the tables are taken for to this file, and load nothing."),
    ] = None,
    encoding: Annotated[
        str | None,
        typer.Option("--encoding", help="Of text files, such as latin-1. [default: UTF-8, or as a byte order mark says]"),
    ] = None,
    query: Annotated[
        str | None,
        typer.Option("--query", help="A Cypher query whose rows are the interactions, instead of files. It may not write."),
    ] = None,
    param: Annotated[
        list[str] | None, typer.Option("--param", "-p", help="NAME=VALUE for a $NAME of the query; may be given several times.")
    ] = None,
    other: Annotated[
        str | None,
        typer.Option(
            "--from",
            help="Ask the database that the environment tells of: with SHOP, SHOP_URI, SHOP_USERNAME, SHOP_PASSWORD and "
            "SHOP_DATABASE. [default: the graph's own]",
        ),
    ] = None,
    config: ConfigFile = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Load a data set into the graph."""
    if (source is None) == (query is None):
        raise ConfigError("expected either a folder or file, or --query; `hopline import --help` has examples of both")
    if source is None:
        _report(_import_query(str(query), param or [], other, mapping, config, quiet or json), json)
        return
    if write_mapping is not None:
        _write_mapping(Given(source, encoding), write_mapping, json)
        return
    with (
        progress_bars(quiet or json) as bars,
        open_data_set(source, format, mapping=mapping, encoding=encoding) as data,
        Recommender.from_config(config) as recommender,
    ):
        report = recommender.load(data, on_stage=bars.stage)
    _report(report, json)


def _import_query(
    query: str, params: list[str], other: str | None, mapping: Path | None, config: Path | None, quiet: bool
) -> LoadReport:
    values = dict(map(_param, params))
    with progress_bars(quiet) as bars, Recommender.from_config(config) as recommender, ExitStack() as opened:
        source = None
        if other is not None:
            source = opened.enter_context(Database.connect(read_other_connection(other), read_server_settings()))
        return recommender.load_query(query, values, source=source, mapping=mapping, on_stage=bars.stage)


def _param(given: str) -> tuple[str, Any]:
    """Return the name and value of ``NAME=VALUE``, a number, list or truth value where it is written as one in JSON."""
    name, equals, value = given.partition("=")
    if not equals or not name:
        raise ConfigError(f"got --param {given!r}; expected NAME=VALUE, such as since=2024")
    try:
        return name, loads(value)
    except ValueError:
        return name, value


def _report(report: LoadReport, json: bool) -> None:
    if json:
        print_json(asdict(report))
    else:
        print_report(report)


def print_report(report: LoadReport) -> None:
    """Say what was written and what was set aside."""
    console.print(report.written.summary(), soft_wrap=True)
    print_set_aside(report.set_aside, report.set_aside_file)


def _write_mapping(given: Given, output: Path, json: bool) -> None:
    if output.exists():
        raise ConfigError(f"there is a {output} already; name another file, or take it away")
    guess = guess_of(given)
    output.write_text(mapping_text(guess.mapping), encoding="utf-8")
    if json:
        print_json({"file": output, "notes": guess.notes})
        return
    for note in guess.notes:
        console.print(note, markup=False, soft_wrap=True)
    console.print(
        f"wrote {output}. Read it, then: hopline import {given.path} --mapping {output}", soft_wrap=True, markup=False
    )
