"""Lines of a text file, numbered, and split into the columns of :class:`~loaders.files.rows.Rows`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from loaders.errors import InputError
from loaders.files.blocks import read_blocks, size_of
from loaders.files.rows import LINE, RAW, Rows


def number_lines(path: Path, encoding: str | None = None) -> Iterator[pl.DataFrame]:
    """Yield batches of lines: their number from 1, and their text without its end.

    Only line feeds end a line: Python and polars know more that do, but ids and titles may hold those.

    Raises:
        InputError: the file is missing, or not in its encoding.
    """
    number = 1
    for block in read_blocks(path, encoding):
        raw = pl.Series(RAW, [block]).str.split("\n").explode().str.strip_suffix("\r")
        yield pl.DataFrame({LINE: pl.int_range(number, number + len(raw), eager=True), RAW: raw})
        number += len(raw)


@dataclass(frozen=True)
class Delimited:
    """A file of fields with a separator; ``names`` None takes the columns' names from its first line.

    ``header``: with names, that there is a first line of others, to be passed over.
    """

    path: Path
    names: tuple[str, ...] | None = None
    separator: str = "\t"
    encoding: str | None = None
    header: bool = False

    @property
    def size_bytes(self) -> int:
        """How much text there is."""
        return size_of(self.path)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns' names.

        Raises:
            InputError: the file is missing, empty, not in its encoding, or names a column twice.
        """
        if self.names is not None:
            return self.names
        header = self.first_line()
        names = tuple(header.split(self.separator))
        if len(set(names)) != len(names):
            raise InputError(f"{self.path}: a column is named twice: {list(names)}")
        return names

    def first_line(self) -> str:
        """Return the first line.

        Raises:
            InputError: the file is missing, empty, or not in its encoding.
        """
        for lines in number_lines(self.path, self.encoding):
            return str(lines[RAW][0])
        raise InputError(f"{self.path} is empty; expected {'a header line and rows' if self.names is None else 'rows'}")

    def batches(self) -> Iterator[Rows]:
        """Yield the rows, a batch a block of the file.

        Raises:
            InputError: the file is missing, empty, or not in its encoding.
        """
        columns = self.columns
        if self.names is not None:
            self.first_line()
        first = 1 if self.names is None or self.header else 0
        for batch in number_lines(self.path, self.encoding):
            frame = batch.filter((pl.col(RAW) != "") & (pl.col(LINE) > first))
            yield self._split(Rows(self.path, frame), columns)

    def _split(self, rows: Rows, columns: tuple[str, ...]) -> Rows:
        width = len(columns)
        ragged = pl.col(RAW).str.count_matches(self.separator, literal=True) != width - 1
        rows.reject(ragged, f"ragged row: expected {width} fields")
        fields = pl.col(RAW).str.split_exact(self.separator, width - 1).struct.rename_fields(list(columns)).alias("__fields")
        rows.frame = rows.frame.with_columns(fields).unnest("__fields")
        return rows


def read_rows(path: Path, columns: list[str] | None, separator: str = "\t", encoding: str | None = None) -> Rows:
    """Read a file as one batch; ``columns`` None takes their names from its first line, which is then no row.

    Raises:
        InputError: the file is missing, empty, or not in its encoding.
    """
    source = Delimited(path, None if columns is None else tuple(columns), separator, encoding)
    return Rows.joined(list(source.batches()))
