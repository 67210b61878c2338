"""Columns of any type, in memory or in Parquet, as the rows of text that the readers of files work on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from loaders.files.rows import LARGEST_NUMBER, LINE, LIST_MARK, RAW, Rows

ROWS_A_BATCH = 250_000
_AS_WRITTEN = (pl.Boolean, pl.Decimal, pl.Categorical, pl.Enum, pl.Time)


@dataclass(frozen=True)
class FrameSource:
    """A frame as a source of rows; ``path`` is the name that people know it by, a row's number counts from 1."""

    frame: pl.DataFrame
    path: Path

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns that can be told as text."""
        return usable_columns(self.frame.schema)

    @property
    def size_bytes(self) -> int:
        """About how much there is."""
        return int(self.frame.estimated_size())

    def batches(self) -> Iterator[Rows]:
        """Yield the rows."""
        for start in range(0, self.frame.height, ROWS_A_BATCH):
            yield text_rows(self.frame[start : start + ROWS_A_BATCH], self.path, start + 1)


def usable_columns(schema: pl.Schema) -> tuple[str, ...]:
    """Return the names of the columns that can be told as text: all but maps, lists of lists, and Python's objects."""
    return tuple(name for name, dtype in schema.items() if _text(pl.lit(None), dtype) is not None)


def text_rows(frame: pl.DataFrame, path: Path, first: int) -> Rows:
    """Return rows with columns of text, an empty text for what is missing; ``first`` is the number of the first row."""
    told = {name: _text(pl.col(name), dtype) for name, dtype in frame.schema.items()}
    text = frame.select(column.fill_null("").alias(name) for name, column in told.items() if column is not None)
    as_read = pl.concat_str(pl.all().str.replace_all(LIST_MARK, "|", literal=True), separator="\t").alias(RAW)
    return Rows(path, text.with_columns(as_read).with_row_index(LINE, offset=first).with_columns(pl.col(LINE).cast(pl.Int64)))


def number_text(column: pl.Expr) -> pl.Expr:
    """Return floats as text: the shortest that tells the number, whole ones without a point, null for NaN."""
    number = column.fill_nan(None)
    whole = number.cast(pl.Int64, strict=False)
    is_whole = (number == whole) & (number.abs() <= LARGEST_NUMBER)
    return pl.when(is_whole).then(whole.cast(pl.String)).otherwise(number.cast(pl.String))


def _text(column: pl.Expr, dtype: pl.DataType) -> pl.Expr | None:
    """Return a column as text, null where it is missing; None if it cannot be told so."""
    told: pl.Expr | None = None
    if isinstance(dtype, (pl.String, pl.Null)) or dtype.is_integer() or isinstance(dtype, _AS_WRITTEN):
        told = column.cast(pl.String)
    elif dtype.is_float():  # a column of whole numbers with gaps is often one of floats: an id 7.0 is 7
        told = number_text(column)
    elif isinstance(dtype, pl.Date):
        told = column.dt.to_string("%Y-%m-%d")
    elif isinstance(dtype, pl.Datetime):
        moment = column if dtype.time_zone is None else column.dt.convert_time_zone("UTC")
        told = moment.dt.to_string("%Y-%m-%dT%H:%M:%S%.f")
    elif isinstance(dtype, pl.Duration):
        told = _text(column.dt.total_microseconds() / 1e6, pl.Float64())
    elif isinstance(dtype, pl.Binary):
        told = column.bin.encode("hex")
    elif isinstance(dtype, (pl.List, pl.Array)):
        told = _list_text(column, dtype)
    return told


def _list_text(column: pl.Expr, dtype: pl.List | pl.Array) -> pl.Expr | None:
    inner = pl.DataType.from_python(str) if dtype.inner is None else dtype.inner
    element = _text(pl.element(), inner()) if isinstance(inner, type) else _text(pl.element(), inner)
    if element is None or isinstance(inner, (pl.List, pl.Array)):
        return None
    parts = (column.arr.to_list() if isinstance(dtype, pl.Array) else column).list.eval(element.drop_nulls())
    return pl.when(parts.is_not_null()).then(LIST_MARK + parts.list.join(LIST_MARK))
