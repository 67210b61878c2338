"""What a question's answer is chosen by, beside the model's score."""

from __future__ import annotations

from dataclasses import dataclass

from graph.ask_config import AskConfig
from graph.filters import ANY_ITEM, Condition, Filter, conditions_of
from graph.rules import BoundRule, bind_rules
from graph.schema import NodeKind, Schema


@dataclass(frozen=True)
class Choice:
    """What a question's answer is chosen by, beside the model's score: ``conditions`` that every item meets, and ``rules``."""

    conditions: tuple[Condition, ...] = ANY_ITEM
    rules: tuple[BoundRule, ...] = ()

    def rules_of(self, item: NodeKind) -> tuple[BoundRule, ...]:
        """Return the rules that are about the items of one domain."""
        return tuple(bound for bound in self.rules if bound.rule.domain in {None, item.label})


BEST = Choice()
"""The best items by the model's score alone."""


def choice_of(config: AskConfig, schema: Schema, filter: Filter | None = None) -> Choice:
    """Return what a question asks for, by what the configuration lets it ask for.

    Raises:
        QuestionError: the filter has a name that was not declared, or a value that its kind cannot have.
        SchemaError: what was declared cannot be in the graph, or a rule is of what was not declared.
    """
    if not filter and not config.rules:
        return BEST
    return Choice(conditions_of(filter, config.filters, schema), bind_rules(config.rules, config.filters, schema))
