"""What may be asked for: properties and facts of items, and of people, by the names that questions use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from graph.errors import SchemaError
from graph.schema import FeatureType, NodeKind, Schema

About = Literal["items", "people"]
"""Whom a filter is about: items, or the users that are suggested to users."""

SECTIONS: dict[About, str] = {"items": "[ask.filters]", "people": "[ask.people_filters]"}
"""Where what may be asked for is declared."""


class FilterType(str, Enum):
    """What a property of items or of people holds."""

    NUMBER = "number"  # asked for by value, one of several, at least and at most
    TEXT = "text"  # by value, one of several
    FLAG = "flag"  # true or false
    LIST = "list"  # texts or numbers, of which one is asked for, or any of several


class Fact(BaseModel):
    """A relationship from an item or a user to an entity, which is asked for by its title, or by any of several."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    fact: str = Field(min_length=1, description="relationship type of the knowledge graph")


Filterable = Annotated[
    dict[Annotated[str, Field(min_length=1)], FilterType | Fact],
    Field(
        description="by name: a property as number, text, flag or list, or a fact as { fact = TYPE }; publish anew after a "
        "change, so that the index itself can be narrowed"
    ),
]
"""Name → what it stands for; that of a property is its name in the graph."""

_HELD = {
    FeatureType.NUMERIC: {FilterType.NUMBER, FilterType.FLAG},
    FeatureType.CATEGORICAL: {FilterType.TEXT, FilterType.NUMBER, FilterType.FLAG},
    FeatureType.MULTI: {FilterType.LIST},
    FeatureType.TEXT: {FilterType.TEXT},
    FeatureType.DATE: {FilterType.NUMBER, FilterType.TEXT},
    FeatureType.VECTOR: set[FilterType](),
}


@dataclass(frozen=True)
class Indexed:
    """Properties by which vector indexes can be narrowed: those of items, and that of people."""

    items: tuple[str, ...] = ()
    people: tuple[str, ...] = ()


def check_filterable(filterable: Filterable, schema: Schema, about: About = "items") -> None:
    """See that what may be asked for can be in the graph. A property need not be in the schema: others may write it.

    Raises:
        SchemaError: no such fact, a property that holds something else, or one that Hopline writes itself.
    """
    for name, kind in filterable.items():
        if isinstance(kind, Fact):
            entity_title(schema, name, kind, about)
        elif name.startswith("hopline_"):
            raise SchemaError(
                f"{SECTIONS[about]} {name!r} begins with 'hopline_', as what Hopline writes itself; name another property"
            )
        else:
            for node in _kinds(schema, about):
                held = next((feature.type for feature in node.features if feature.name == name), None)
                if held is not None and kind not in _HELD[held]:
                    known = sorted(one.value for one in _HELD[held])
                    raise SchemaError(
                        f"{SECTIONS[about]} {name!r} is declared as {kind.value}, and {node.label} has it as {held.value}; "
                        f"expected {' or '.join(known) if known else 'another property'}"
                    )


def check_apart(filterable: Filterable, schema: Schema, about: About = "items") -> None:
    """See that no fact that may be asked for leads to items or users, which may be another tenant's.

    Raises:
        SchemaError: one does.
    """
    of_tenants = {kind.label for kind in (*schema.items, schema.user)}
    for name, kind in filterable.items():
        if isinstance(kind, Fact) and any(
            edge.type == kind.fact and {edge.source, edge.target} <= of_tenants for edge in schema.knowledge
        ):
            raise SchemaError(
                f"{SECTIONS[about]} {name!r} leads to items or users, which [ask.tenants] keeps apart: who asks by it would "
                "learn of others' titles; leave it out"
            )


def entity_title(schema: Schema, name: str, kind: Fact, about: About = "items") -> str:
    """Return the property by which entities are known that a fact leads to from items, or from people.

    Raises:
        SchemaError: there is no such fact of them, or its entities are known by different properties.
    """
    those = {node.label for node in _kinds(schema, about)}
    ends = {
        end
        for edge in schema.knowledge
        if edge.type == kind.fact
        for end, other in ((edge.source, edge.target), (edge.target, edge.source))
        if other in those
    }
    if not ends:
        known = sorted({edge.type for edge in schema.knowledge if {edge.source, edge.target} & those})
        raise SchemaError(
            f"{SECTIONS[about]} {name!r} asks for the fact {kind.fact!r}, which {about} do not have; they have {known}"
        )
    titles = sorted({schema.node(end).title or schema.node(end).key for end in ends})
    if len(titles) > 1:
        raise SchemaError(f"{SECTIONS[about]} {name!r} leads to entities that are known by {titles}; expected one property")
    return titles[0]


def indexable(filterable: Filterable) -> tuple[str, ...]:
    """Return the properties by which a vector index can be narrowed: those of one value a node."""
    return tuple(
        sorted(name for name, kind in filterable.items() if isinstance(kind, FilterType) and kind is not FilterType.LIST)
    )


def _kinds(schema: Schema, about: About) -> Sequence[NodeKind]:
    return schema.items if about == "items" else (schema.user,)
