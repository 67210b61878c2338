"""Rules of a business that answers keep to, whatever the model says: what is left out, moved, put first, or shown so often."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from cypher import Term, TermKind
from graph.errors import NotFoundError, QuestionError, SchemaError
from graph.filters import Condition, Fact, Filterable, conditions_of
from graph.filters.config import check_filterable, entity_title
from graph.schema import Schema

MOST_PLACES = 1_000
MOST_PINNED = 100


class Rule(BaseModel):
    """One rule; it has a name, by which answers tell what it did, and one of ``block``, ``boost``, ``pin`` and ``cap``.

    ``block`` and ``where`` are filters, of names that ``[ask.filters]`` declares, and so is ``by``.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1, max_length=100)
    domain: str | None = Field(default=None, description="label of the items that it is about; unset: those of all domains")
    block: dict[str, Any] | None = Field(default=None, min_length=1, description="items that are so are left out")
    boost: int | None = Field(
        default=None,
        ge=-MOST_PLACES,
        le=MOST_PLACES,
        description="places by which items that are as `where` come earlier; below 0: later",
    )
    where: dict[str, Any] | None = Field(default=None, min_length=1, description="which items a boost moves")
    pin: tuple[str | int, ...] | None = Field(
        default=None,
        min_length=1,
        max_length=MOST_PINNED,
        description="ids of items that come first, in this order, unless they were met, are blocked or are not as asked for",
    )
    cap: int | None = Field(default=None, ge=1, description="how many items of an answer may have the same `by`")
    by: str | None = Field(default=None, min_length=1, description="name of the filter that a cap counts by")

    @model_validator(mode="after")
    def check(self) -> Rule:
        """Refuse a rule that does nothing, or two things."""
        kinds = [name for name in ("block", "boost", "pin", "cap") if getattr(self, name) is not None]
        if len(kinds) != 1:
            raise SchemaError(f"the rule {self.name!r} has {kinds or 'none'} of block, boost, pin and cap; expected one")
        for kind, needs in (("boost", "where"), ("cap", "by")):
            if (kind in kinds) is not (getattr(self, needs) is not None):
                raise SchemaError(f"the rule {self.name!r} is a {kinds[0]}; expected `{needs}` with a {kind}, and only with it")
        return self


@dataclass(frozen=True)
class BoundRule:
    """A rule with what it asks of an item: ``conditions`` of a block or a boost, or, for a cap, the value that it counts by."""

    rule: Rule
    conditions: tuple[Condition, ...] = ()

    @property
    def is_block(self) -> bool:
        """Whether it leaves items out."""
        return self.rule.block is not None


def bind_rules(rules: Sequence[Rule], filterable: Filterable, schema: Schema) -> tuple[BoundRule, ...]:
    """Return rules with what they ask of items, in their order.

    Raises:
        SchemaError: a rule of a domain that there is not, or of what cannot be in the graph or was not declared.
    """
    if not rules:
        return ()
    check_filterable(filterable, schema)
    return tuple(BoundRule(rule, _conditions(rule, filterable, schema)) for rule in rules)


def _conditions(rule: Rule, filterable: Filterable, schema: Schema) -> tuple[Condition, ...]:
    if rule.domain is not None:
        schema.domain(rule.domain)
    if rule.by is None:
        try:
            return conditions_of(rule.block or rule.where, filterable, schema)
        except (NotFoundError, QuestionError) as error:
            raise SchemaError(f"the rule {rule.name!r} of [[ask.rules]]: {error}") from error
    kind = filterable.get(rule.by)
    if kind is None:
        raise SchemaError(f"the rule {rule.name!r} caps by {rule.by!r}; expected one of {sorted(filterable)} of [ask.filters]")
    if isinstance(kind, Fact):
        term = Term(TermKind.ENDS, kind.fact, entity_title(schema, rule.by, kind))
    else:
        term = Term(TermKind.VALUES, rule.by)
    return (Condition(term, None, by_index=False),)
