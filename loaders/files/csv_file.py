"""Comma-separated values and their kin: a header, rows, and fields that may stand in quotation marks."""

from __future__ import annotations

import csv
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
        try:
            fields = fields_of(header, self.separator)
        except csv.Error as error:
            raise InputError(f"{self.path}: the first line cannot be read: {error}; expected the columns' names") from error
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
        for batch in number_records(self.path, self.separator, self.encoding):
            records = batch[1:] if is_header else batch
            is_header = is_header and batch.is_empty()
            yield self._split(Rows(self.path, records.filter(pl.col(RAW) != "")), columns)

    def _split(self, rows: Rows, columns: tuple[str, ...]) -> Rows:
        width = len(columns)
        quoted = rows.frame.filter(pl.col(RAW).str.contains(MARK, literal=True))
        if not quoted.is_empty():
            rows.frame = rows.frame.filter(~pl.col(RAW).str.contains(MARK, literal=True))
        ragged = pl.col(RAW).str.count_matches(self.separator, literal=True) != width - 1
        rows.reject(ragged, f"ragged row: expected {width} fields")
        plain = rows.frame.with_columns(pl.col(RAW).str.split(self.separator).alias("__fields"))
        parts = [plain] if quoted.is_empty() else [plain, self._parsed(rows, quoted, width)]
        fields = [pl.col("__fields").list.get(place).alias(name) for place, name in enumerate(columns)]
        rows.frame = pl.concat(parts).sort(LINE).select(LINE, RAW, *fields)
        return rows

    def _parsed(self, rows: Rows, quoted: pl.DataFrame, width: int) -> pl.DataFrame:
        fields: list[list[str] | None] = []
        reasons: list[str | None] = []
        for record in quoted[RAW].to_list():
            try:
                found = fields_of(record, self.separator)
            except csv.Error as error:
                fields.append(None)
                reasons.append(f"quotation marks that do not fit: {error}")
            else:
                fields.append(found)
                reasons.append(None if len(found) == width else f"ragged row: expected {width} fields")
        marked = quoted.with_columns(
            pl.Series("__fields", fields, pl.List(pl.String)), pl.Series("__reason", reasons, pl.String)
        )
        bad = Rows(rows.path, marked)
        bad.reject(pl.col("__reason").is_not_null(), pl.col("__reason"))
        rows.rejected.extend(bad.rejected)
        return bad.frame.drop("__reason")


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
