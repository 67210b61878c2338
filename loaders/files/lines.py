"""Read a delimited text file line by line into columns; set aside what does not fit."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from loaders import set_aside
from loaders.errors import InputError

LINE = "__line"
RAW = "__raw"
LARGEST_NUMBER = 2.0**53  # beyond it a float skips integers: such a rating, year or time is a mistake, or an identifier


@dataclass
class Rows:
    """The usable rows of one file: text columns, the line number and the raw line; and those set aside so far."""

    path: Path
    frame: pl.DataFrame
    rejected: list[pl.DataFrame] = field(default_factory=list)

    def reject(self, bad: pl.Expr, reason: str) -> None:
        """Set aside the rows where ``bad`` holds."""
        marked = self.frame.with_columns(bad.fill_null(False).alias("__bad"))
        lost = marked.filter("__bad")
        if not lost.is_empty():
            self.rejected.append(
                lost.select(
                    pl.lit(self.path.name).alias("file"),
                    pl.col(LINE).cast(pl.Int64).alias("line"),
                    pl.lit(reason).alias("reason"),
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

    def latest(self, source: str, target: str, time: str | None) -> None:
        """Keep the latest row of each pair (by time, then by line), set the others aside."""
        by = [LINE] if time is None else [pl.col(time).fill_null(0), pl.col(LINE)]
        self.frame = self.frame.sort(by)
        self.reject(~pl.struct(source, target).is_last_distinct(), "repeated interaction, the latest is kept")
        self.frame = self.frame.sort(LINE)

    def left_out(self) -> pl.DataFrame:
        """Return what was set aside, by line."""
        return pl.concat([set_aside.empty(), *self.rejected]).sort("line")

    def not_empty(self) -> None:
        """Refuse a file of which no row is left.

        Raises:
            InputError: says for which reasons.
        """
        if self.frame.is_empty():
            reasons = pl.concat([set_aside.empty(), *self.rejected]).group_by("reason").len().iter_rows()
            told = "; ".join(f"{count} × {reason}" for reason, count in reasons) or "it has a header and no rows"
            raise InputError(f"{self.path} has no usable row: {told}")


def read_rows(path: Path, columns: list[str] | None, separator: str = "\t") -> tuple[list[str], Rows]:
    """Read a file; ``columns`` None takes them from its first line, which is then no row.

    Returns the fields of the first line (or ``columns``) and the rows, with text columns named by them.

    Raises:
        InputError: the file is missing, empty, or not UTF-8.
    """
    if not path.is_file():
        raise InputError(f"there is no file {path}")
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 (byte {error.start}); convert it, for example with iconv") from error
    # Only line feeds end a line: str.splitlines would also break at characters that ids and titles may hold.
    lines = text.split("\n")
    if lines and lines[-1] == "":
        lines.pop()
    if not lines:
        raise InputError(f"{path} is empty; expected {'a header line and rows' if columns is None else 'rows'}")
    raw = pl.Series(RAW, lines).str.strip_suffix("\r")
    first = 0
    if columns is None:
        columns, first = raw[0].split(separator), 1
    frame = pl.DataFrame({LINE: pl.int_range(first + 1, len(raw) + 1, eager=True), RAW: raw[first:]})
    frame = frame.filter(pl.col(RAW) != "")
    rows = Rows(path, frame)
    width = len(columns)
    rows.reject(
        pl.col(RAW).str.count_matches(separator, literal=True) != width - 1,
        f"ragged row: expected {width} fields",
    )
    fields = (
        pl.col(RAW)
        .str.split_exact(separator, width - 1)
        .struct.rename_fields([f"__{n}" for n in range(width)])
        .alias("__fields")
    )
    rows.frame = rows.frame.with_columns(fields).unnest("__fields")
    return list(columns), rows


def name_columns(rows: Rows, names: list[str]) -> None:
    """Give the text columns of :func:`read_rows` their names."""
    rows.frame = rows.frame.rename({f"__{n}": name for n, name in enumerate(names)})
