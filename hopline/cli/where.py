"""``--where 'price<=20'``: conditions on a command line as a question's filter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graph.errors import QuestionError
from graph.filters import About, Fact, Filterable, FilterType
from graph.filters.config import SECTIONS

_BOUNDS = {"<=": "at_most", ">=": "at_least"}
_FLAGS = {"true": True, "false": False}


def parse_where(conditions: Sequence[str], filterable: Filterable, about: About = "items") -> dict[str, Any] | None:
    """Return conditions such as ``price<=20`` and ``genre=Comedy|Drama`` as a filter; None for none.

    Raises:
        QuestionError: a name that was not declared, no comparison, a value of another type, or a name twice.
    """
    found: dict[str, Any] = {}
    for condition in conditions:
        name, sign, text = _split(condition, filterable, about)
        kind = filterable[name]
        if sign in _BOUNDS:
            new: Any = {_BOUNDS[sign]: _value(condition, kind, text)}
        else:
            values = [_value(condition, kind, part) for part in text.split("|")]
            new = values if len(values) > 1 else values[0]
        old = found.get(name)
        if old is None:
            found[name] = new
        elif isinstance(old, dict) and isinstance(new, dict) and not old.keys() & new.keys():
            found[name] = old | new
        else:
            raise QuestionError(f"--where names {name!r} twice; write several values as '{name}=one|other'")
    return found or None


def _split(condition: str, filterable: Filterable, about: About) -> tuple[str, str, str]:
    for name in sorted(filterable, key=len, reverse=True):  # a name may be the beginning of another
        rest = condition[len(name) :].lstrip()
        sign = next((sign for sign in (*_BOUNDS, "=") if rest.startswith(sign)), None)
        if condition.startswith(name) and sign is not None:
            return name, sign, rest[len(sign) :].strip()
    raise QuestionError(
        f"cannot read the condition {condition!r}; expected NAME=VALUE, NAME=ONE|OTHER, NAME<=NUMBER or NAME>=NUMBER, with one "
        f"of {sorted(filterable)}, as {SECTIONS[about]} of hopline.toml declares them"
    )


def _value(condition: str, kind: FilterType | Fact, text: str) -> Any:
    if kind is FilterType.FLAG:
        if text not in _FLAGS:
            raise QuestionError(f"cannot read the condition {condition!r}; expected true or false")
        return _FLAGS[text]
    if kind is FilterType.NUMBER:
        try:
            return float(text) if any(sign in text for sign in ".eEn") else int(text)
        except ValueError as error:
            raise QuestionError(f"cannot read the condition {condition!r}; expected a number") from error
    return text
