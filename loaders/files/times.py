"""Columns of times: seconds, milliseconds, microseconds or nanoseconds since 1970, or ISO 8601; told apart by the column."""

from __future__ import annotations

from enum import Enum

import polars as pl

from loaders.files.rows import LARGEST_NUMBER, Rows

LATEST_S = 4_102_444_800  # 2100-01-01: a later interaction is a mistake
_DATE = r"^\s*\d{4}-\d{2}-\d{2}"
_ZONED = ("%Y-%m-%dT%H:%M:%S%.f%#z", "%Y-%m-%d %H:%M:%S%.f%#z")
_NAIVE = ("%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M")


class TimeForm(Enum):
    """How a column writes times; the number is how many of its units a second has."""

    SECONDS = 1
    MILLISECONDS = 1_000
    MICROSECONDS = 1_000_000
    NANOSECONDS = 1_000_000_000
    ISO_8601 = 0


def recognise_times(column: pl.Series) -> TimeForm | None:
    """Return the form of most of a column's times; None if it holds none.

    Seconds of the years up to 5138 are below 1e11, milliseconds of those from 1973 on above it, and so on: the ranges do not
    touch, and a column has one unit. A time without a zone is in UTC.
    """
    given = column.str.strip_chars()
    given = given.filter(given != "")
    if given.is_empty():
        return None
    if 2 * given.str.contains(_DATE).sum() >= len(given):
        return TimeForm.ISO_8601
    middle = given.cast(pl.Float64, strict=False).abs().quantile(0.5, "lower")
    size = float(middle) if isinstance(middle, (int, float)) else 0.0
    for limit, form in ((1e11, TimeForm.SECONDS), (1e14, TimeForm.MILLISECONDS), (1e17, TimeForm.MICROSECONDS)):
        if size < limit:
            return form
    return TimeForm.NANOSECONDS


def read_times(rows: Rows, column: str, form: TimeForm | None) -> None:
    """Make a column Int64 seconds since 1970, an empty field null; set aside what is no time, or not of 1970 to 2099."""
    text = pl.col(column).str.strip_chars()
    if form is TimeForm.ISO_8601:
        moment = pl.coalesce(
            *(text.str.to_datetime(form_, strict=False, time_zone="UTC") for form_ in _ZONED),
            *(text.str.to_datetime(form_, strict=False).dt.replace_time_zone("UTC") for form_ in _NAIVE),
            text.str.to_date("%Y-%m-%d", strict=False).cast(pl.Datetime("us")).dt.replace_time_zone("UTC"),
        )
        seconds = moment.dt.epoch("s").cast(pl.Float64)
        rows.reject((text != "") & seconds.is_null(), f"{column} is not an ISO 8601 time like the others")
    else:
        number = text.cast(pl.Float64, strict=False)
        rows.reject((text != "") & (number.is_null() | ~number.is_finite()), f"{column} is not a number")
        if form is not TimeForm.NANOSECONDS:
            rows.reject(number.abs() > LARGEST_NUMBER, f"{column} is too large a number")
        seconds = number / (form.value if form is not None else 1)
    unit = "" if form in (None, TimeForm.ISO_8601) else f", read as {form.name.lower()}"
    rows.reject((seconds < 0) | (seconds >= LATEST_S), f"{column} is not in the years 1970 to 2099{unit}")
    rows.frame = rows.frame.with_columns(seconds.round().cast(pl.Int64).alias(column))
