"""The usable rows of a file, and those set aside so far."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import polars as pl

from loaders import set_aside
from loaders.errors import InputError

FILE = "__file"
LINE = "__line"
RAW = "__raw"
LIST_MARK = "\x1f"  # ASCII's unit separator stands before each element of a list, so that elements may hold anything else
LARGEST_NUMBER = 2.0**53  # beyond it a float skips integers: such a rating or year is a mistake, or an identifier


@dataclass
class Rows:
    """Columns of text, named as the file names them, the line's number, and the row as read."""

    path: Path
    frame: pl.DataFrame
    rejected: list[pl.DataFrame] = field(default_factory=list)

    @classmethod
    def joined(cls, batches: Sequence[Rows]) -> Rows:
        """Return the batches of one file as one."""
        rejected = [frame for batch in batches for frame in batch.rejected]
        return cls(batches[0].path, pl.concat([batch.frame for batch in batches]), rejected)

    def reject(self, bad: pl.Expr, reason: str | pl.Expr) -> None:
        """Set aside the rows where ``bad`` holds."""
        marked = self.frame.with_columns(bad.fill_null(value=False).alias("__bad"))
        lost = marked.filter("__bad")
        if not lost.is_empty():
            self.rejected.append(
                lost.select(
                    (pl.col(FILE) if FILE in lost.columns else pl.lit(self.path.name)).alias("file"),
                    pl.col(LINE).cast(pl.Int64).alias("line"),
                    (pl.lit(reason) if isinstance(reason, str) else reason).alias("reason"),
                    pl.col(RAW).alias("row"),
                )
            )
            self.frame = marked.filter(~pl.col("__bad")).drop("__bad")

    def require_text(self, *columns: str) -> None:
        """Set aside rows where a column that must not be empty is."""
        for column in columns:
            self.reject(pl.col(column).str.strip_chars() == "", f"empty {column}")

    def require_number(self, column: str) -> None:
        """Set aside rows where a column is neither empty nor a number of at most :data:`LARGEST_NUMBER`."""
        number = pl.col(column).str.strip_chars().cast(pl.Float64, strict=False)
        given = pl.col(column).str.strip_chars() != ""
        self.reject(given & (number.is_null() | ~number.is_finite()), f"{column} is not a number")
        self.reject(number.abs() > LARGEST_NUMBER, f"{column} is too large a number")

    def number(self, column: str) -> None:
        """Make a column Float64, an empty field null; set aside the rows that :meth:`require_number` does."""
        self.require_number(column)
        self.frame = self.frame.with_columns(pl.col(column).str.strip_chars().cast(pl.Float64, strict=False))

    def unique(self, *columns: str) -> None:
        """Keep the first row of each key, set the others aside."""
        self.reject(~pl.struct(columns).is_first_distinct(), f"{' and '.join(columns)} came before, the first is kept")

    def known(self, column: str, ids: pl.Series, where: str) -> None:
        """Set aside rows whose id is not among ``ids``."""
        self.reject(~pl.col(column).is_in(ids.implode()), f"{column} is not in {where}")

    def left_out(self) -> pl.DataFrame:
        """Return what was set aside, by line."""
        return pl.concat([set_aside.empty(), *self.rejected]).sort("line", maintain_order=True)

    def not_empty(self) -> None:
        """Refuse a file of which no row is left.

        Raises:
            InputError: says for which reasons.
        """
        if self.frame.is_empty():
            refuse_empty(self.path, pl.concat([set_aside.empty(), *self.rejected]))


def refuse_empty(path: Path, rejected: pl.DataFrame) -> None:
    """Refuse a file without a usable row.

    Raises:
        InputError: always; it says for which reasons the rows were set aside.
    """
    reasons = rejected.group_by("reason").len().sort("len", "reason", descending=[True, False]).iter_rows()
    told = "; ".join(f"{count} × {reason}" for reason, count in reasons) or "it has a header and no rows"
    raise InputError(f"{path} has no usable row: {told}")


class Source(Protocol):
    """A table of any size: where it is, its columns, and its rows batch by batch."""

    @property
    def path(self) -> Path:
        """The file, or a name that stands for one."""
        ...

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns' names."""
        ...

    @property
    def size_bytes(self) -> int:
        """About how much there is to read."""
        ...

    def batches(self) -> Iterator[Rows]:
        """Yield the rows with columns of text, an empty text for what is missing."""
        ...


def require_columns(source: Source, *needed: str) -> None:
    """Refuse a table that lacks a column.

    Raises:
        InputError: it does, or its columns cannot be read; it says which are missing and which there are.
    """
    missing = [name for name in needed if name not in source.columns]
    if missing:
        raise InputError(f"{source.path}: missing column {', '.join(missing)}; it has {', '.join(source.columns)}")
