"""Tables of people's own: CSV, TSV, Parquet and JSON Lines, with a mapping or by the names of their columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from loaders.errors import InputError
from loaders.files.blocks import kind_of
from loaders.files.csv_file import CsvFile
from loaders.files.guess import Guess, guess_mapping
from loaders.files.json_lines import JsonLines
from loaders.files.mapped import plan_mapped
from loaders.files.mapping import (
    MAPPING_FILE,
    MappedTable,
    TableMapping,
    did_you_mean,
    parse_mapping,
    read_mapping,
)
from loaders.files.parquet_file import ParquetFile
from loaders.files.plan import Plan
from loaders.files.reader import Given
from loaders.files.rows import Source

_TEXT = (".csv", ".tsv", ".tab", ".txt", ".dat", ".data")
_PARQUET = (".parquet", ".pq")
_JSON_LINES = (".jsonl", ".ndjson")
_FOUND = (".csv", ".tsv", ".tab", *_PARQUET, *_JSON_LINES)  # in a folder; others must be named
OTHERWISE = (
    "to say otherwise: `hopline import SOURCE --write-mapping mapping.toml` writes this as a file; change it, then "
    "`hopline import SOURCE --mapping mapping.toml`"
)


class Mapped:
    """Reads tables as a mapping says."""

    name = "mapping"
    description = (
        "CSV, TSV, Parquet or JSON Lines tables and a mapping.toml beside them, or elsewhere (--mapping), that says which "
        "columns hold what"
    )
    example = "hopline import shop --mapping shop.toml"

    def matches(self, path: Path) -> bool:
        """There is a mapping in the folder."""
        return (path / MAPPING_FILE).is_file()

    def plan(self, given: Given) -> Plan:
        """Say which table holds what.

        Raises:
            InputError: no mapping, or one that does not fit the tables.
        """
        mapping, where = _read(given.path / MAPPING_FILE if given.mapping is None else given.mapping)
        return plan_mapped(mapping, partial(_named, given), where)


class Tables:
    """Reads one table, or a folder of them, by what its columns are called."""

    name = "tables"
    description = (
        "one CSV, TSV, Parquet or JSON Lines file, or a folder of them, whose columns are named as user_id, item_id, rating, "
        "timestamp, or user, item, behaviour, value, time; what was taken for what is told"
    )
    example = "hopline import clicks.csv"

    def matches(self, path: Path) -> bool:
        """There is a table."""
        return path.is_file() or any(kind_of(file) in _FOUND for file in path.iterdir())

    def plan(self, given: Given) -> Plan:
        """Say which table holds what.

        Raises:
            InputError: no table, none that can be read, or none with users and items.
        """
        guess = guess_of(given)
        return plan_mapped(guess.mapping, partial(_named, given), str(given.path), (*guess.notes, OTHERWISE))


def guess_of(given: Given) -> Guess:
    """Return the mapping that tables most likely have.

    Raises:
        InputError: no table, none that can be read, or none with users and items.
    """
    path = given.path
    files = [path] if path.is_file() else sorted(file for file in path.iterdir() if kind_of(file) in _FOUND)
    if not files:
        raise InputError(f"{path} holds no table; expected a file that ends in {', '.join(_FOUND)}")
    return guess_mapping({file.name: open_table(file, given.encoding) for file in files}, path)


def open_table(
    path: Path, encoding: str | None = None, names: tuple[str, ...] | None = None, delimiter: str | None = None
) -> Source:
    """Open a table by what its name ends in; ``names`` and ``delimiter`` are for text files without a header, and odd ones.

    Raises:
        InputError: the name ends in something else.
    """
    kind = kind_of(path).lower()
    openers: dict[tuple[str, ...], Callable[[], Source]] = {
        _TEXT: lambda: CsvFile(path, names, delimiter, encoding),
        _PARQUET: lambda: ParquetFile(path),
        _JSON_LINES: lambda: JsonLines(path, names, encoding),
    }
    for kinds, opener in openers.items():
        if kind in kinds:
            return opener()
    known = ", ".join(suffix for kinds in openers for suffix in kinds)
    raise InputError(f"{path} is of no kind that can be read; expected a name that ends in {known}, or such a one and .gz")


def plan_sources(sources: Mapping[str, Source], mapping: Path | Mapping[str, Any] | None, where: str, hint: str = "") -> Plan:
    """Say which of some tables, by their names, holds what; ``mapping`` None takes what their columns' names tell.

    ``hint`` is told after what was guessed.

    Raises:
        InputError: a mapping that does not fit the tables, or none with users and items.
    """
    if mapping is None:
        guess = guess_mapping(sources, Path(where))
        return plan_mapped(guess.mapping, partial(_of_name, sources), where, (*guess.notes, *([hint] if hint else [])))
    parsed, name = _read(mapping)
    return plan_mapped(parsed, partial(_of_name, sources), name)


def _read(mapping: Path | Mapping[str, Any]) -> tuple[TableMapping, str]:
    if not isinstance(mapping, Path):
        return parse_mapping(mapping, "the mapping"), "the mapping"
    if not mapping.is_file():
        raise InputError(f"there is no mapping {mapping}; `hopline import --help` has an example of one")
    return read_mapping(mapping), str(mapping)


def _of_name(sources: Mapping[str, Source], part: MappedTable) -> Source:
    name = part.file
    if name is None and len(sources) == 1:
        (name,) = sources
    if name is None or name not in sources:
        raise InputError(f"there is no table {name!r}; there are {did_you_mean(str(name), sources)}")
    return sources[name]


def _named(given: Given, part: MappedTable) -> Source:
    """Open the table that a part of a mapping names, beside the one file that is imported or in the folder."""
    if part.file is None:
        if given.path.is_dir():
            raise InputError(f'a table of the mapping names no file; say which of {given.path} it is: file = "…"')
        path = given.path
    else:
        folder = given.path if given.path.is_dir() else given.path.parent
        path = folder / part.file
        if not path.is_file():
            held = [file.name for file in sorted(folder.iterdir()) if file.is_file()]
            raise InputError(f"there is no file {path}; the folder has {did_you_mean(part.file, held)}")
    return open_table(path, given.encoding, part.columns, part.delimiter)
