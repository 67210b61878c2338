"""Several catalogues in one graph, kept apart: whose items and users are, as conditions that each question of a tenant has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pydantic import BaseModel, ConfigDict, Field

from cypher import Term, TermKind
from graph.errors import QuestionError, SchemaError
from graph.filters import About, Condition
from graph.schema import FeatureType, NodeKind, Schema

MOST_NAME_CHARS = 200
_HOLD_NAMES = {FeatureType.CATEGORICAL, FeatureType.TEXT}


class TenantsConfig(BaseModel):
    """Which properties name whose an item and a user is: as text, of one tenant each."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    item: str = Field(
        min_length=1,
        description="property of items, as text: items without it are shown to no tenant; publish anew after a change, so that "
        "the index itself can be narrowed",
    )
    user: str | None = Field(
        default=None,
        min_length=1,
        description="that of users, of whom one without it is unknown to every tenant; unset: all users are everybody's, and "
        "what they do with any tenant's items moves what every tenant recommends to them",
    )

    def property(self, kind: NodeKind, schema: Schema) -> str | None:
        """Return the property that names whose nodes of a kind are; None: everybody's, as what is known of items is."""
        if kind in schema.items:
            return self.item
        return self.user if kind == schema.user else None


@dataclass(frozen=True)
class Tenant:
    """Whose a question is: conditions on the items, and on the users, that it may use and show."""

    name: str
    items: tuple[Condition, ...] = ()
    users: tuple[Condition, ...] = ()

    def beside(self, asked: Sequence[Condition], about: About = "items") -> tuple[Condition, ...]:
        """Return the tenant's conditions on items, or on people, and those of a question, which can only narrow further.

        An index takes one value of a property: where both are of one, it decides the tenant's.
        """
        mine = self.items if about == "items" else self.users
        own = {one.term.name for one in mine if isinstance(one.term, Term)}
        by_index = [one.by_index and isinstance(one.term, Term) and one.term.name not in own for one in asked]
        return (*mine, *(replace(one, by_index=by) for one, by in zip(asked, by_index, strict=True)))


OPERATOR = Tenant("")
"""Who runs the graph: all items and all users are theirs to ask of."""


def tenant_of(name: str | None, config: TenantsConfig | None, schema: Schema) -> Tenant:
    """Return the tenant of a name; None: the operator.

    Raises:
        QuestionError: no tenants are declared, or the name is none.
        SchemaError: what was declared cannot be in the graph.
    """
    if name is None:
        return OPERATOR
    if config is None:
        raise QuestionError("a tenant was named, and none are declared; leave it out, or add [ask.tenants] to hopline.toml")
    check_name(name)
    check_tenants(config, schema)
    return Tenant(name, (_owned(config.item, name),), () if config.user is None else (_owned(config.user, name),))


def check_name(name: str) -> None:
    """See that a text can be a tenant's name.

    Raises:
        QuestionError: it is empty, or too long.
    """
    if not name.strip() or len(name) > MOST_NAME_CHARS:
        raise QuestionError(f"got a tenant's name of {len(name)} characters; expected 1 to {MOST_NAME_CHARS}, not blank")


def check_tenants(config: TenantsConfig | None, schema: Schema) -> None:
    """See that what names tenants can be in the graph. A property need not be in the schema: others may write it.

    Raises:
        SchemaError: a property that holds something other than text, is a key, or is one that Hopline writes itself.
    """
    if config is None:
        return
    for kind in (*schema.items, schema.user):
        name = config.property(kind, schema)
        held = next((feature.type for feature in kind.features if feature.name == name), FeatureType.CATEGORICAL)
        if name is not None and (name.startswith("hopline_") or name == kind.key or held not in _HOLD_NAMES):
            raise SchemaError(
                f"[ask.tenants] names {name!r} of {kind.label}, which is its key, begins with 'hopline_' or holds no text; "
                "expected a property that names whose each is"
            )


def _owned(name: str, tenant: str) -> Condition:
    return Condition(Term(TermKind.EQUAL, name), tenant, by_index=True)
