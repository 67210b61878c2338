"""Dates and times, however they are stored → seconds since 1970."""

from __future__ import annotations

import math
import re
from datetime import date, datetime, time, timedelta, timezone
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.snapshot.columns import Column

YEARS = range(
    1000, 3000
)  # a bare number in it is a year, and one such as 20240229 a day; as seconds both would lie within 1970
MILLIS, MICROS = (
    1e11,
    1e14,
)  # numbers from here on are milliseconds and microseconds since 1970; in seconds, 1e11 is the year 5138
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)

_PARTIAL = re.compile(r"(\d{4})(?:-(\d{2}))?")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_FRACTION = re.compile(r"\.(\d+)")


def read_instants(column: Column) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return seconds since 1970, and the same as the clock stood there, both float64[n]; NaN where a value is no date.

    Taken are temporal values of Neo4j and of Python, ISO 8601 texts (also of a year or a month alone), years, and seconds,
    milliseconds or microseconds since 1970. What names no time zone is read as UTC, and a date as its midnight.
    """
    found = [instant(value) for value in column]
    both = np.asarray(found, np.float64).reshape(-1, 2)
    return both[:, 0], both[:, 1]


def instant(value: Any) -> tuple[float, float]:
    """Return seconds since 1970, and the same as the clock stood there; NaN for what is no date (see :func:`read_instants`)."""
    try:
        moment = _moment(value)
    except (ValueError, OverflowError, TypeError):
        moment = None
    if moment is None:
        return math.nan, math.nan
    offset = moment.utcoffset() or timedelta()
    seconds = (moment.replace(tzinfo=timezone.utc) - EPOCH).total_seconds()
    return seconds - offset.total_seconds(), seconds


def _moment(value: Any) -> datetime | None:
    if hasattr(value, "to_native"):  # neo4j.time
        value = value.to_native()
    if isinstance(value, np.datetime64):
        value = value.astype("datetime64[us]").item()
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time())
    if isinstance(value, str):
        return _from_text(value.strip())
    if isinstance(value, (int, float, np.number)) and not isinstance(value, bool) and math.isfinite(value):
        return _from_number(float(value))
    return None


def _from_text(text: str) -> datetime | None:
    partial = _PARTIAL.fullmatch(text)
    if partial:
        return datetime(int(partial[1]), int(partial[2] or 1), 1)
    if _NUMBER.fullmatch(text):
        return _from_number(float(text))
    # Python 3.10 reads neither "Z" nor fractions of other than 3 or 6 digits; Neo4j writes a zone's name after its offset.
    text = re.sub(r"Z$", "+00:00", re.sub(r"\[.*\]$", "", text))
    return datetime.fromisoformat(_FRACTION.sub(lambda found: "." + found[1][:6].ljust(6, "0"), text, count=1))


def _from_number(number: float) -> datetime:
    year, month, day = int(number // 10_000), int(number // 100 % 100), int(number % 100)
    if number in YEARS:
        return datetime(int(number), 1, 1)
    if number.is_integer() and year in YEARS and 1 <= month <= 12 and 1 <= day <= 31:
        return datetime(year, month, day)
    size = abs(number)
    return EPOCH + timedelta(seconds=number / (1e6 if size >= MICROS else 1e3 if size >= MILLIS else 1))
