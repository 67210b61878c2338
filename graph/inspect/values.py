"""What kind of values a property holds, judged by a sample of them."""

from __future__ import annotations

from collections import Counter
from enum import Enum
from typing import Any

from neo4j import spatial, time

from graph.snapshot.numbers import to_seconds

MIN_SHARE = 0.8  # of the values there are: what a property is said to hold, though some values are otherwise
_TEMPORAL = (time.DateTime, time.Date)
_FIRST_YEAR, _LAST_YEAR = (
    473_385_600.0,
    4_102_444_800.0,
)  # 1985 and 2100, seconds: what a whole number must lie between to be a time


class Kind(str, Enum):
    """What most values of a property are."""

    INTEGER = "whole numbers"
    NUMBER = "numbers"
    TEXT = "text"
    BOOLEAN = "true or false"
    TIME = "times"
    TEXTS = "lists of text"
    VECTOR = "vectors"
    POINT = "points"
    MIXED = "mixed values"
    NONE = "no values"


def kind_of(values: list[Any]) -> Kind:
    """Return what at least :data:`MIN_SHARE` of the values are, missing ones left out."""
    present = [value for value in values if value is not None]
    if not present:
        return Kind.NONE
    kinds = Counter(_kind_of_one(value) for value in present)
    if kinds[Kind.INTEGER] and kinds[Kind.NUMBER]:
        kinds[Kind.NUMBER] += kinds.pop(Kind.INTEGER)
    kind, count = kinds.most_common(1)[0]
    if count < MIN_SHARE * len(present):
        return Kind.MIXED
    if kind is Kind.VECTOR and len({len(value) for value in present if isinstance(value, list)}) != 1:
        return Kind.MIXED
    return kind


def distinct(values: list[Any]) -> int:
    """Return how many different values there are, missing ones left out."""
    return len({repr(value) for value in values if value is not None})


def coverage(values: list[Any]) -> float:
    """Return the share of values that are not missing."""
    return sum(value is not None for value in values) / max(1, len(values))


def are_times(values: list[Any]) -> bool:
    """Whether the values can be moments: temporal ones, dates as text, or seconds to microseconds since 1970 after 1985."""
    seconds = [to_seconds(value) for value in values if value is not None]
    if not seconds:
        return False
    return sum(_FIRST_YEAR <= moment <= _LAST_YEAR for moment in seconds) >= MIN_SHARE * len(seconds)


_BY_TYPE: tuple[tuple[type | tuple[type, ...], Kind], ...] = (  # in this order: a bool is an int
    (bool, Kind.BOOLEAN),
    (int, Kind.INTEGER),
    (float, Kind.NUMBER),
    (str, Kind.TEXT),
    (_TEMPORAL, Kind.TIME),
    (spatial.Point, Kind.POINT),
)


def _kind_of_one(value: Any) -> Kind:
    if isinstance(value, list) and value:
        if all(isinstance(part, str) for part in value):
            return Kind.TEXTS
        return Kind.VECTOR if len(value) > 1 and all(isinstance(part, (int, float)) for part in value) else Kind.MIXED
    return next((kind for types, kind in _BY_TYPE if isinstance(value, types)), Kind.MIXED)
