"""Values of properties as Arrow columns, and back to exactly what they were, their types included."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import polars as pl
import pytz
from neo4j.spatial import CartesianPoint, Point, WGS84Point
from neo4j.time import Date, DateTime, Duration, Time

from graph.errors import CacheError

_PLAIN = {str, int, float, bool, type(None)}
_COLUMNS: dict[type, tuple[str, Any]] = {
    str: ("text", pl.String),
    int: ("whole", pl.Int64),
    float: ("real", pl.Float64),
    bool: ("flag", pl.Boolean),
}


def to_column(name: str, values: list[Any]) -> pl.Series:
    """Return values as a column whose name tells how to read it: one of Arrow's types where all are of one, else JSON text.

    Raises:
        CacheError: a value cannot be written so that it is read back the same.
    """
    types = set(map(type, values)) - {type(None)}
    if len(types) <= 1 and (types or {str}) <= _COLUMNS.keys():
        encoding, kind = _COLUMNS[next(iter(types), str)]
        return pl.Series(f"{encoding}:{name}", values, kind, strict=True)
    if types == {list} and {type(part) for value in values if value is not None for part in value} <= {str}:
        return pl.Series(f"texts:{name}", values, pl.List(pl.String), strict=True)
    return pl.Series(f"json:{name}", [to_text(value) for value in values], pl.String)


def from_column(column: pl.Series) -> tuple[str, list[Any]]:
    """Return the name and the values that :func:`to_column` was given."""
    encoding, _, name = column.name.partition(":")
    values = column.to_list()
    return name, [from_text(value) for value in values] if encoding == "json" else values


def to_text(value: Any) -> str:
    """Return a value as JSON; two give the same text only if they are of the same types throughout, and equal.

    Raises:
        CacheError: it is of a type that is none of Neo4j's.
    """
    return json.dumps(_tagged(value))


def from_text(text: str) -> Any:
    """Return the value that :func:`to_text` was given."""
    return json.loads(text, object_hook=_untagged)


def _tagged(value: Any) -> Any:
    """Return a value that JSON has: other types as an object with one key, which no property of Neo4j is."""
    if type(value) in _PLAIN:
        return value
    if type(value) is list:
        return [_tagged(part) for part in value]
    for name, (kind, parts, _) in _TYPES.items():
        if isinstance(value, kind):
            return {name: parts(value)}
    raise CacheError(f"no cache can hold {value!r}, a {type(value).__name__}, which is none of the types of Neo4j's properties")


def _untagged(tagged: dict[str, Any]) -> Any:
    ((name, parts),) = tagged.items()
    return _TYPES[name][2](parts)


def _offset_min(value: Time | DateTime) -> int | None:
    offset = value.utc_offset()
    return None if offset is None else int(offset.total_seconds()) // 60


def _zone(told: str | int | None) -> Any:
    if told is None:
        return None
    return pytz.timezone(told) if isinstance(told, str) else pytz.FixedOffset(told)


def _from_moment(value: DateTime) -> list[Any]:
    zone = value.tzinfo
    moment = value if zone is None else value.as_timezone(pytz.utc)  # in a zone, an hour comes twice each autumn
    return [moment.to_ordinal(), moment.time().ticks, getattr(zone, "zone", None) or _offset_min(value)]


def _to_moment(parts: list[Any]) -> DateTime:
    moment = DateTime.combine(Date.from_ordinal(parts[0]), Time.from_ticks(parts[1]))
    return moment if parts[2] is None else moment.replace(tzinfo=pytz.utc).as_timezone(_zone(parts[2]))


def _to_point(parts: list[Any]) -> Point:
    return (WGS84Point if parts[0] in _ON_EARTH else CartesianPoint)(parts[1:])


_ON_EARTH = {4326, 4979}  # the identifiers of WGS 84 in two and three dimensions
_TYPES: dict[str, tuple[type, Callable[[Any], Any], Callable[[Any], Any]]] = {
    "bytes": (bytes, lambda value: base64.b64encode(value).decode(), base64.b64decode),
    "date": (Date, Date.to_ordinal, Date.from_ordinal),
    "time": (
        Time,
        lambda value: [value.ticks, _offset_min(value)],
        lambda parts: Time.from_ticks(parts[0], _zone(parts[1])),
    ),
    "datetime": (DateTime, _from_moment, _to_moment),
    "duration": (
        Duration,
        lambda value: [value.months, value.days, value.seconds, value.nanoseconds],
        lambda parts: Duration(months=parts[0], days=parts[1], seconds=parts[2], nanoseconds=parts[3]),
    ),
    "point": (Point, lambda value: [value.srid, *value], _to_point),
}
"""Types that JSON lacks: name → type, its parts, and the value of those parts again."""
