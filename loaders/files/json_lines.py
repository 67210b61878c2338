"""A file of JSON objects, one a line (JSON Lines), as rows of text."""

from __future__ import annotations

import ast
import json
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from loaders.errors import InputError
from loaders.files.blocks import size_of
from loaders.files.lines import number_lines
from loaders.files.rows import LIST_MARK, RAW, Rows

_LOOKED_AT = 1_000  # lines that tell which fields there are


@dataclass(frozen=True)
class JsonLines:
    """Objects, one a line; ``names`` are the fields to take, None those of the first thousand lines.

    A field of an object within the object is named by the way to it: ``item.id``. Numbers are as the file writes them, true and
    false are words, what is null or not there is an empty text. A list is told as :data:`~loaders.files.rows.LIST_MARK` has it,
    with the lists in it; an object that is not taken apart is its JSON text.

    ``python``: a line may also be a Python dictionary as ``repr`` writes it, which some old data sets hold.
    """

    path: Path
    names: tuple[str, ...] | None = None
    encoding: str | None = None
    python: bool = False

    @property
    def size_bytes(self) -> int:
        """How much text there is."""
        return size_of(self.path)

    @property
    def columns(self) -> tuple[str, ...]:
        """The fields that are taken.

        Raises:
            InputError: the file is missing, empty, or not in its encoding, or none of its first thousand lines is an object.
        """
        return self.names if self.names is not None else self.fields()

    def fields(self) -> tuple[str, ...]:
        """Return the fields that the first thousand lines have, in the order they come.

        Raises:
            InputError: the file is missing, empty, or not in its encoding, or none of those lines is an object.
        """
        for lines in number_lines(self.path, self.encoding):
            looked_at = lines[RAW].head(_LOOKED_AT).to_list()
            objects = [found for found in map(self._parse, looked_at) if found is not None]
            if not objects:
                raise InputError(
                    f"{self.path}: none of the first {len(looked_at)} lines is a JSON object; the first is "
                    f"{looked_at[0][:80]!r}; expected one object a line"
                )
            return tuple(dict.fromkeys(name for found in objects for name in _paths(found)))
        raise InputError(f"{self.path} is empty; expected a JSON object a line")

    def batches(self) -> Iterator[Rows]:
        """Yield the rows, a batch a block of the file; a line that is no object is set aside.

        Raises:
            InputError: the file is missing, empty, or not in its encoding.
        """
        columns = self.columns
        empty = True
        for lines in number_lines(self.path, self.encoding):
            empty = False
            yield self._read(Rows(self.path, lines.filter(pl.col(RAW) != "")), columns)
        if empty:
            raise InputError(f"{self.path} is empty; expected a JSON object a line")

    def _read(self, rows: Rows, columns: tuple[str, ...]) -> Rows:
        cells: dict[str, list[str]] = {name: [] for name in columns}
        bad = []
        for line in rows.frame[RAW]:
            found = self._parse(line)
            bad.append(found is None)
            for name, column in cells.items():
                column.append("" if found is None else _as_text(_value(found, name)))
        rows.frame = rows.frame.hstack([pl.Series(name, column, pl.String) for name, column in cells.items()])
        rows.reject(pl.lit(pl.Series(bad, dtype=pl.Boolean)), "not a JSON object")
        return rows

    def _parse(self, line: str) -> dict[str, Any] | None:
        try:
            found = json.loads(line, parse_int=str, parse_float=str, parse_constant=str)
        except (ValueError, RecursionError):
            found = _parse_python(line) if self.python else None
        return found if isinstance(found, dict) else None


def _parse_python(line: str) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a stray backslash in a text
            return ast.literal_eval(line.strip())
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None


def _paths(found: Mapping[str, Any], before: str = "") -> Iterator[str]:
    for name, value in found.items():
        if isinstance(value, dict) and value:
            yield from _paths(value, f"{before}{name}.")
        else:
            yield before + name


def _value(found: Mapping[str, Any], name: str) -> Any:
    if name in found or "." not in name:
        return found.get(name)
    first, _, rest = name.partition(".")
    inner = found.get(first)
    return _value(inner, rest) if isinstance(inner, dict) else None


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()  # JSON can write half of a surrogate pair, which is no character
    if isinstance(value, (list, tuple)):
        return "".join(text if isinstance(part, (list, tuple)) else LIST_MARK + text for part, text in _parts(value))
    return json.dumps(value, ensure_ascii=False, default=str).encode("utf-8", "replace").decode()


def _parts(values: Sequence[Any]) -> Iterator[tuple[Any, str]]:
    for part in values:
        text = _as_text(part)
        if text:
            yield part, text
