"""What an event says: one typed schema, and in a few words why something is no event."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from graph.errors import EventError
from graph.snapshot.instants import instant

MOST_ID_CHARS = 512  # a range index holds keys of up to 8 kB
MOST_TEXT_CHARS = 1_000
MOST_PARTS = 100  # properties of a node, or facts, that one event brings
LARGEST_NUMBER = 2.0**53  # beyond it a float skips integers
EARLIEST_S, LATEST_S = 0, 4_102_444_800  # 1970 to 2099
_INT64 = 2**63
_UNITS = ((1e11, 1.0), (1e14, 1e3), (1e17, 1e6), (math.inf, 1e9))  # numbers below: seconds, then milli-, micro-, nanoseconds


def is_text(value: Any) -> bool:
    """Whether a value is text; half of a surrogate pair, which JSON can write, is no character."""
    if not isinstance(value, str):
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _node_id(value: Any) -> Any:
    if is_text(value):
        if not value.strip():
            raise ValueError("is empty")
        if len(value) > MOST_ID_CHARS:
            raise ValueError(f"is longer than {MOST_ID_CHARS} characters")
    elif isinstance(value, bool) or not isinstance(value, int) or not -_INT64 <= value < _INT64:
        raise ValueError("is neither text nor a whole number of 64 bits")
    return value


def _event_id(value: Any) -> Any:
    return None if value is None else str(_node_id(value))


def _text(value: Any) -> Any:
    if value is None:
        return None
    if not is_text(value):
        raise ValueError("is not text")
    if len(value) > MOST_TEXT_CHARS:
        raise ValueError(f"is longer than {MOST_TEXT_CHARS} characters")
    return value.strip() or None


def _name(value: Any) -> Any:
    found = _text(value)
    if found is None:
        raise ValueError("is empty")
    return found


def _number(value: Any) -> Any:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise ValueError("is not a number")
    if abs(value) > LARGEST_NUMBER:
        raise ValueError("is too large a number")
    return float(value)


def _share(value: Any) -> Any:
    found = _number(value)
    if found is not None and not 0 < found <= 1:
        raise ValueError("is not above 0 and at most 1")
    return found


def _count(value: Any) -> Any:
    found = _number(value)
    if found is not None and (not found.is_integer() or found < 1):
        raise ValueError("is not a whole number from 1 on")
    return None if found is None else int(found)


def _time(value: Any) -> Any:
    if value is None:
        return None
    seconds = math.nan
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if math.isfinite(value):
            seconds = round(value / next(unit for limit, unit in _UNITS if abs(value) < limit), 6)
    elif isinstance(value, (str, datetime, date)):
        seconds = instant(value)[0]
    if math.isnan(seconds):
        raise ValueError("is neither ISO 8601 nor a number since 1970")
    if not EARLIEST_S <= seconds < LATEST_S:
        raise ValueError("is not in the years 1970 to 2099")
    return float(seconds)


NodeId = Annotated[str | int, BeforeValidator(_node_id)]
Text = Annotated[str | None, BeforeValidator(_text)]
Name = Annotated[str, BeforeValidator(_name)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Context(_Part):
    """Where, on what and in what situation it happened; an empty text is none."""

    device: Text = Field(default=None, description="such as phone")
    place: Text = Field(default=None, description="such as a page, a shop or a town")
    query: Text = Field(default=None, description="what was searched for")
    scenario: Text = Field(default=None, description="the list or page that was asked for, such as home")


class Shown(_Part):
    """What gave an item that was shown, as the answer told it; of impressions only."""

    release: Annotated[int | None, BeforeValidator(_count)] = Field(default=None, description="the answer's version")
    experiment: Text = Field(default=None, description="the answer's experiment, if it told one")
    variant: Text = Field(default=None, description="the answer's variant, if it told one")
    answer: Annotated[str | None, BeforeValidator(_event_id)] = Field(
        default=None, description="one for each answer, such as its seed or the id of its request: which items stood together"
    )
    place: Annotated[int | None, BeforeValidator(_count)] = Field(default=None, description="in the answer, 1 for the first")


class Fact(_Part):
    """A relationship of the knowledge graph that leaves the event's item."""

    relation: Name = Field(description="relationship type")
    entity: NodeId = Field(description="id of what it leads to, which is made if it is not there")
    label: Text = Field(default=None, description="label of that, where the relation leads to several")


class Event(_Part):
    """A user did something with an item, or was shown it.

    Times may be ISO 8601 text, or seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by their size;
    they are seconds here. ``user_properties``, ``item_properties`` and ``facts`` tell of users and items that the graph does
    not have yet; of those that it has, they fill in what is missing.
    """

    user: NodeId
    item: NodeId
    behaviour: Name = Field(
        description="what was done, such as click; a relationship type of the graph; or impression: was shown"
    )
    domain: Text = Field(default=None, description="the item's label, where the behaviour is of several")
    value: Annotated[float | None, BeforeValidator(_number)] = Field(default=None, description="a rating, a count, a duration")
    time: Annotated[float | None, BeforeValidator(_time)] = Field(default=None, description="when; unset: when it arrives")
    context: Context = Context()
    id: Annotated[str | None, BeforeValidator(_event_id)] = Field(
        default=None,
        description="one for each event; what comes again under it is passed over. Unset: from what the event says",
    )
    propensity: Annotated[float | None, BeforeValidator(_share)] = Field(
        default=None, description="probability with which the item was shown, above 0 and at most 1"
    )
    shown: Shown = Shown()
    user_properties: dict[str, Any] = Field(default_factory=dict, max_length=MOST_PARTS)
    item_properties: dict[str, Any] = Field(default_factory=dict, max_length=MOST_PARTS)
    facts: tuple[Fact, ...] = Field(default=(), max_length=MOST_PARTS)


def read_event(given: bytes | str | Mapping[str, Any] | Event) -> Event:
    """Return an event from its JSON text or its fields.

    Raises:
        EventError: it is none; the message is the reason, in words that do not quote what was given.
    """
    if isinstance(given, Event):
        return given
    try:
        return Event.model_validate_json(given) if isinstance(given, (bytes, str)) else Event.model_validate(dict(given))
    except ValidationError as error:
        raise EventError(_reason(error)) from None
    except (TypeError, ValueError):
        raise EventError("not a JSON object") from None


_MODELS: dict[str, type[_Part]] = {"context": Context, "shown": Shown, "facts": Fact}
_EXPECTED = {
    "context": "an object of device, place, query and scenario",
    "shown": "an object of release, experiment, variant, answer and place",
    "user_properties": "an object",
    "item_properties": "an object",
    "facts": "a list of relation, entity and label",
}


def _reason(error: ValidationError) -> str:
    """Return the first mistake in words; only names of fields are told, so that there are few different reasons."""
    found = error.errors(include_url=False, include_input=False)[0]
    path = [part for part in found["loc"] if isinstance(part, str)]
    model = _MODELS.get(path[0], Event) if path else Event
    if found["type"] == "extra_forbidden":
        return f"has a key that is none of {', '.join(model.model_fields)}"
    where = ".".join(path[:2] if path and path[0] in _MODELS else path[:1])
    if not where:
        return "not a JSON object"
    if found["type"] == "missing":
        return f"{where} is missing"
    if found["type"] == "value_error":
        return f"{where} {found['ctx']['error']}"
    if found["type"] == "too_long":
        return f"{where} has more than {MOST_PARTS} parts"
    return f"{where} is not {_EXPECTED.get(where, 'text')}"
