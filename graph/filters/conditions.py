"""What a question's filter says, checked, as conditions of a statement."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cypher import Term, TermKind, Unless
from graph.errors import NotFoundError, QuestionError
from graph.filters.config import SECTIONS, About, Fact, Filterable, FilterType, check_filterable, entity_title
from graph.schema import Schema

MOST_VALUES = 1_000
MOST_CHARS = 1_000
_BOUNDS = {"at_least": TermKind.AT_LEAST, "at_most": TermKind.AT_MOST}
_WIDEST = 2**63

Filter = Mapping[str, Any]
"""Name → a value, a list of values of which any will do, or ``{"at_least": …, "at_most": …}``. All names must be met."""


@dataclass(frozen=True)
class Condition:
    """A term and what it compares with. ``by_index`` tells whether a vector index that has the property can decide it."""

    term: Term | Unless
    value: Any
    by_index: bool


def unless(conditions: Sequence[Condition]) -> Condition:
    """Return the condition that not all of some single ones are met."""
    terms = tuple(one.term for one in conditions if isinstance(one.term, Term))
    return Condition(Unless(terms), [one.value for one in conditions if isinstance(one.term, Term)], by_index=False)


ANY_ITEM: tuple[Condition, ...] = ()
"""The conditions of a question without a filter."""


def conditions_of(
    given: Filter | None, filterable: Filterable, schema: Schema, about: About = "items"
) -> tuple[Condition, ...]:
    """Return what a filter asks for, in the order of its names, ``about`` items or people.

    Raises:
        NotFoundError: a name that was not declared.
        QuestionError: a value that its kind cannot have.
        SchemaError: what was declared cannot be in the graph.
    """
    if not given:
        return ANY_ITEM
    check_filterable(filterable, schema, about)
    found: list[Condition] = []
    for name, wanted in sorted(given.items()):
        kind = filterable.get(name)
        if kind is None:
            raise NotFoundError(
                f"cannot filter by {name[:MOST_CHARS]!r}; expected one of {sorted(filterable)}, as {SECTIONS[about]} of "
                "hopline.toml declares them"
            )
        if isinstance(kind, Fact):
            term = Term(TermKind.LINKED, kind.fact, entity_title(schema, name, kind, about))
            found.append(Condition(term, _values(name, kind, _listed(wanted)), by_index=False))
        else:
            found.extend(_of_property(name, kind, wanted))
    return tuple(found)


def _of_property(name: str, kind: FilterType, wanted: Any) -> list[Condition]:
    if isinstance(wanted, Mapping):
        if kind is not FilterType.NUMBER or not wanted or not wanted.keys() <= _BOUNDS.keys():
            raise QuestionError(
                f"the filter {name!r} got {sorted(map(str, wanted))}; expected at_least, at_most or both, and a property of "
                "numbers"
            )
        bounds = {_BOUNDS[bound]: _value(name, kind, value) for bound, value in sorted(wanted.items())}
        return [Condition(Term(bound, name), value, by_index=True) for bound, value in bounds.items()]
    if kind is FilterType.LIST:
        return [Condition(Term(TermKind.HAS_ANY, name), _values(name, kind, _listed(wanted)), by_index=False)]
    if _is_list(wanted):
        return [Condition(Term(TermKind.ONE_OF, name), _values(name, kind, wanted), by_index=True)]
    return [Condition(Term(TermKind.EQUAL, name), _value(name, kind, wanted), by_index=True)]


def _is_list(wanted: Any) -> bool:
    return isinstance(wanted, Sequence) and not isinstance(wanted, (str, bytes))


def _listed(wanted: Any) -> Sequence[Any]:
    return wanted if _is_list(wanted) else [wanted]


def _values(name: str, kind: FilterType | Fact, wanted: Sequence[Any]) -> list[Any]:
    if not 1 <= len(wanted) <= MOST_VALUES:
        raise QuestionError(f"the filter {name!r} got {len(wanted)} values; expected 1 to {MOST_VALUES:,}")
    return [_value(name, kind, value) for value in wanted]


def _value(name: str, kind: FilterType | Fact, value: Any) -> Any:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if is_number and (not math.isfinite(value) or abs(value) >= _WIDEST):
        raise QuestionError(f"the filter {name!r} got a number that Neo4j cannot hold; expected one of 64 bits")
    if isinstance(value, str) and len(value) > MOST_CHARS:
        raise QuestionError(f"the filter {name!r} got a text of {len(value):,} characters; expected at most {MOST_CHARS:,}")
    is_text = isinstance(value, str)
    fits = {
        FilterType.NUMBER: is_number,
        FilterType.TEXT: is_text,
        FilterType.FLAG: isinstance(value, bool),
        FilterType.LIST: is_text or is_number,
    }
    if not (fits[kind] if isinstance(kind, FilterType) else is_text or is_number):
        told = kind.value if isinstance(kind, FilterType) else "title of an entity"
        raise QuestionError(f"the filter {name!r} got a {type(value).__name__}; expected a {told}")
    return value
