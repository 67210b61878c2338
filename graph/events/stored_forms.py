"""How a graph writes keys and times, by a bounded look: what comes in is written as what is there."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any

from cypher import load
from graph.database import Database
from graph.errors import EventError
from graph.inspect.sample import EdgeSample
from graph.schema import EdgeKind, NodeKind
from graph.snapshot.instants import EPOCH, MICROS, MILLIS

KEYS_LOOKED_AT = 100
_WHOLE = re.compile(r"0|-?[1-9][0-9]{0,17}")

StoredTime = Callable[[float], Any]
"""Seconds since 1970 → what a kind of relationship holds for them."""


class KeyForm(Enum):
    """Of which type the keys of a label are."""

    TEXT = "text"
    WHOLE = "whole numbers"
    EITHER = "either"

    def of(self, key: str | int, field: str) -> str | int:
        """Return a key as the label has them.

        Raises:
            EventError: it cannot be one.
        """
        if self is KeyForm.TEXT:
            return str(key)
        if self is KeyForm.WHOLE and isinstance(key, str):
            if not _WHOLE.fullmatch(key):
                raise EventError(f"{field} is not a whole number, as the ids in the graph are")
            return int(key)
        return key


def read_key_form(database: Database, kind: NodeKind) -> KeyForm:
    """Look at some keys of a label; text, as loaded files have them, if it has none.

    Raises:
        DatabaseError: Neo4j refused, or was lost.
    """
    names = {"label": kind.label, "key": kind.key}
    types = {type(row["key"]) for row in database.read(load("events/sample_keys"), {"limit": KEYS_LOOKED_AT}, names)}
    if types == {int}:
        return KeyForm.WHOLE
    return KeyForm.TEXT if types <= {str} else KeyForm.EITHER


def stored_time(kind: EdgeKind, sample: EdgeSample) -> StoredTime:
    """Return how times of a kind are written: as most of a sample's are, or as in loaded files, seconds since 1970."""
    found = sample.between(*kind.stored).properties.get(time_property(kind), [])
    forms = [form for form in map(_form, found) if form is not None]
    return max(forms, key=forms.count) if forms else _seconds


def time_property(kind: EdgeKind) -> str:
    """Return the property that holds when; ``time``, as in loaded files, where the schema names none."""
    return kind.time or "time"


def value_property(kind: EdgeKind) -> str:
    """Return the property that holds how much; ``value``, as in loaded files, where the schema names none."""
    return kind.value or "value"


def _form(found: Any) -> StoredTime | None:
    native = found.to_native() if hasattr(found, "to_native") else found
    if isinstance(native, datetime):
        return _zoned if native.tzinfo is not None else _local
    if isinstance(native, date):
        return _day
    if isinstance(native, str):
        return _text
    if isinstance(native, (int, float)):
        size = abs(native)
        return _micros if size >= MICROS else _millis if size >= MILLIS else _seconds
    return None


def _seconds(seconds: float) -> Any:
    return int(seconds) if seconds.is_integer() else seconds


def _millis(seconds: float) -> Any:
    return round(seconds * 1e3)


def _micros(seconds: float) -> Any:
    return round(seconds * 1e6)


def _zoned(seconds: float) -> Any:
    return EPOCH + timedelta(seconds=seconds)


def _local(seconds: float) -> Any:
    return _zoned(seconds).replace(tzinfo=None)


def _day(seconds: float) -> Any:
    return _zoned(seconds).date()


def _text(seconds: float) -> Any:
    return _zoned(seconds).isoformat().replace("+00:00", "Z")
