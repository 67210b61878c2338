"""Comma-separated values and their kin: a header, rows, and fields that may stand in quotation marks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import polars as pl

from loaders.errors import InputError
from loaders.files.blocks import kind_of, size_of
from loaders.files.lines import number_lines
from loaders.files.records import MARK, fields_of, number_records
from loaders.files.rows import LINE, RAW, Rows

_UNCLOSED = "quotation marks that do not fit"
_DELIMITERS = (",", "\t", ";", "|")
_LOOKED_AT = 20  # lines from which the delimiter is told


@dataclass(frozen=True)
class CsvFile:
    """A file of fields; ``names`` None takes the columns' names from its first line.

    ``delimiter`` None is told by the first lines.
    """

    path: Path
    names: tuple[str, ...] | None = None
    delimiter: str | None = None
    encoding: str | None = None

    @property
    def size_bytes(self) -> int:
        """How much text there is."""
        return size_of(self.path)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns' names; one that is empty, as pandas writes for its index, is ``column N``.

        Raises:
            InputError: the file is missing, empty, not in its encoding, or names a column twice.
        """
        if self.names is not None:
            return self.names
        records = number_records(self.path, self.separator, self.encoding)
        header = next((batch[RAW][0] for batch in records if batch.height), "")
        if "\0" in header:
            raise InputError(
                f"{self.path}: the first line is no text in this encoding; it may be utf-16: give `--encoding utf-16`"
            )
        fields = fields_of(header, self.separator)
        if fields is None:
            raise InputError(f"{self.path}: {_UNCLOSED} in the first line, {header[:80]!r}; expected the columns' names")
        names = tuple(name.strip() or f"column {number}" for number, name in enumerate(fields, 1))
        if len(set(names)) != len(names):
            raise InputError(f"{self.path}: a column is named twice: {list(names)}")
        return names

    @cached_property
    def separator(self) -> str:
        """What stands between two fields.

        Raises:
            InputError: the file is missing, empty, or not in its encoding.
        """
        lines = next(iter(number_lines(self.path, self.encoding)), None)
        if lines is None:
            raise InputError(f"{self.path} is empty; expected {'a header line and rows' if self.names is None else 'rows'}")
        if self.delimiter is not None:
            return self.delimiter
        if kind_of(self.path) in {".tsv", ".tab"}:
            return "\t"
        return _likely_delimiter(lines[RAW][:_LOOKED_AT].to_list())

    def batches(self) -> Iterator[Rows]:
        """Yield the rows, a batch a block of the file.

        Raises:
            InputError: the file is missing, empty, or not in its encoding.
        """
        columns = self.columns
        is_header = self.names is None
        for batch in number_records(self.path, self.separator, self.encoding, len(columns)):
            records = batch[1:] if is_header else batch
            is_header = is_header and batch.is_empty()
            yield self._split(Rows(self.path, records.filter(pl.col(RAW) != "")), columns)

    def _split(self, rows: Rows, columns: tuple[str, ...]) -> Rows:
        width = len(columns)
        has_mark = pl.col(RAW).str.contains(MARK, literal=True)
        quoted = Rows(self.path, rows.frame.filter(has_mark))
        rows.frame = rows.frame.filter(~has_mark)
        ragged = pl.col(RAW).str.count_matches(self.separator, literal=True) != width - 1
        rows.reject(ragged, f"ragged row: expected {width} fields")
        fields = pl.col(RAW).str.split(self.separator)
        rows.frame = rows.frame.select(LINE, RAW, *(fields.list.get(n).alias(name) for n, name in enumerate(columns)))
        if not quoted.frame.is_empty():
            self._parse(quoted, columns)
            rows.rejected.extend(quoted.rejected)
            rows.frame = pl.concat([rows.frame, quoted.frame]).sort(LINE)
        return rows

    def _parse(self, rows: Rows, columns: tuple[str, ...]) -> None:
        width = len(columns)
        records = [fields_of(record, self.separator) for record in rows.frame[RAW].to_list()]
        rows.reject(pl.lit(pl.Series([fields is None for fields in records])), _UNCLOSED)
        closed = [fields for fields in records if fields is not None]
        rows.reject(
            pl.lit(pl.Series([len(fields) != width for fields in closed], dtype=pl.Boolean)),
            f"ragged row: expected {width} fields",
        )
        whole = [fields for fields in closed if len(fields) == width]
        cells = [pl.Series(name, [fields[n] for fields in whole], pl.String) for n, name in enumerate(columns)]
        rows.frame = rows.frame.hstack(cells)


def _likely_delimiter(lines: list[str]) -> str:
    """Return what parts the first line and comes as often in most of the others."""
    counts = {mark: [_outside(line).count(mark) for line in lines if line] for mark in _DELIMITERS}

    def fits(mark: str) -> tuple[bool, int]:
        first, *others = counts[mark] or [0]
        return first > 0 and 2 * sum(count == first for count in others) >= len(others), first

    return max(_DELIMITERS, key=fits)


def _outside(line: str) -> str:
    """Return what of a line is not within quotation marks."""
    return "".join(line.split(MARK)[::2])
