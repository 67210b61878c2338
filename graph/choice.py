"""What a question's answer is chosen by, beside the model's score."""

from __future__ import annotations

from dataclasses import dataclass

from graph.ask_config import AskConfig
from graph.errors import QuestionError
from graph.filters import ANY_ITEM, Condition, Filter, conditions_of
from graph.rules import BoundRule, bind_rules
from graph.schema import NodeKind, Schema


@dataclass(frozen=True)
class Choice:
    """What a question's answer is chosen by, beside the model's score: ``conditions`` that every item meets, and ``rules``.

    ``diversity``, from 0 to 1, is how much likeness to items before it counts against one, beside its score.
    """

    conditions: tuple[Condition, ...] = ANY_ITEM
    rules: tuple[BoundRule, ...] = ()
    diversity: float = 0.0

    def rules_of(self, item: NodeKind) -> tuple[BoundRule, ...]:
        """Return the rules that are about the items of one domain."""
        return tuple(bound for bound in self.rules if bound.rule.domain in {None, item.label})


BEST = Choice()
"""The best items by the model's score alone."""


def choice_of(config: AskConfig, schema: Schema, filter: Filter | None = None, diversity: float | None = None) -> Choice:
    """Return what a question asks for, by what the configuration lets it ask for, and says where the question does not.

    Raises:
        QuestionError: the filter has a name that was not declared, or a value that its kind cannot have; or a diversity that is
            not from 0 to 1.
        SchemaError: what was declared cannot be in the graph, or a rule is of what was not declared.
    """
    diversity = config.diversity if diversity is None else diversity
    if not 0 <= diversity <= 1:
        raise QuestionError(f"got a diversity of {diversity}; expected 0, for the best items alone, to 1")
    if not filter and not config.rules and not diversity:
        return BEST
    rules = bind_rules(config.rules, config.filters, schema)
    return Choice(conditions_of(filter, config.filters, schema), rules, diversity)
