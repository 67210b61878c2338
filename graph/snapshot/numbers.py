"""Values as others keep them, such as temporal ones and numbers in text, as the numbers that learning takes."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.snapshot.instants import instant

_SECONDS_UP_TO = 1e11  # the year 5138; beyond, a number counts milliseconds, then microseconds, then nanoseconds


def to_number(value: Any) -> float:
    """Return a number, also from text that is one; NaN for anything else."""
    if isinstance(value, (int, float)):
        return float(value)
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            return math.nan
    return math.nan


def to_seconds(value: Any) -> float:
    """Return seconds since 1970 from a temporal value, an ISO 8601 text, or a number; NaN for anything else.

    Without a zone a moment is taken as UTC, a date as its first moment. A number beyond the year 5138 in seconds is read as
    milli-, micro- or nanoseconds.
    """
    number = to_number(value)
    if math.isnan(number):
        return instant(value)[0]
    if math.isinf(number):
        return math.nan
    while abs(number) > _SECONDS_UP_TO:
        number /= 1000
    return number


def numbers(values: Sequence[Any]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return values as numbers, float64[n], NaN where they are none, and bool[n], which of those are not simply missing."""
    return _converted(values, to_number)


def seconds(values: Sequence[Any]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return values as seconds since 1970, NaN where they are no time, and which of those are not simply missing."""
    found, unusable = _converted(values, to_seconds)
    infinite = np.isinf(found)
    found[infinite] = np.nan
    while (large := np.abs(found) > _SECONDS_UP_TO).any():
        found[large] /= 1000
    return found, unusable | infinite


def _converted(values: Sequence[Any], convert: Callable[[Any], float]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    found = _at_once(values)
    if found is None:
        found = np.fromiter((convert(value) for value in values), np.float64, len(values))
    unusable = np.zeros(len(values), np.bool_)
    for row in np.flatnonzero(np.isnan(found)).tolist():
        unusable[row] = not _is_missing(values[row])
    return found, unusable


def _at_once(values: Sequence[Any]) -> NDArray[np.float64] | None:
    """Return the numbers if all are, forty times faster than one by one, and nearly always enough."""
    try:
        found = np.asarray(values, np.float64)
    except (TypeError, ValueError):
        return None
    return found if found.ndim == 1 else None


def _is_missing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))
