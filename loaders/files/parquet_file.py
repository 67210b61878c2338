"""Parquet files, read some rows at a time: memory holds a part of one row group's columns, whatever the file's size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import polars as pl
from polars.exceptions import PolarsError

from loaders.errors import InputError
from loaders.files.blocks import size_of
from loaders.files.frames import ROWS_A_BATCH, text_rows, usable_columns
from loaders.files.rows import Rows

_GROWTH = 4  # how much larger as text a table is taken to be; it only sizes the parts


@dataclass(frozen=True)
class ParquetFile:
    """One Parquet file as a source of rows; a row's number counts from 1."""

    path: Path

    @property
    def size_bytes(self) -> int:
        """About how much text it makes."""
        return size_of(self.path) * _GROWTH

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns that can be told as text.

        Raises:
            InputError: there is no such file, or it is no Parquet.
        """
        size_of(self.path)
        try:
            return usable_columns(pl.Schema(pl.read_parquet_schema(self.path)))
        except PolarsError as error:
            raise self._unreadable(error) from error

    def batches(self) -> Iterator[Rows]:
        """Yield the rows.

        Raises:
            InputError: there is no such file, it is no Parquet, or it is damaged.
        """
        size_of(self.path)
        try:
            table = pl.scan_parquet(self.path, glob=False)
            number = table.select(pl.len()).collect().item()
            for start in range(0, number, ROWS_A_BATCH):
                yield text_rows(table.slice(start, ROWS_A_BATCH).collect(), self.path, start + 1)
        except PolarsError as error:
            raise self._unreadable(error) from error

    def _unreadable(self, error: PolarsError) -> InputError:
        return InputError(f"{self.path} cannot be read as Parquet: {error}; see that it is whole, and what it says it is")
