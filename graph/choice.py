"""What a question's answer is chosen by, beside the model's score."""

from __future__ import annotations

from dataclasses import dataclass

from graph.ask_config import AskConfig
from graph.filters import ANY_ITEM, Condition, Filter, conditions_of
from graph.schema import Schema


@dataclass(frozen=True)
class Choice:
    """What a question's answer is chosen by, beside the model's score: ``conditions`` that every item must meet."""

    conditions: tuple[Condition, ...] = ANY_ITEM


BEST = Choice()
"""The best items by the model's score alone."""


def choice_of(config: AskConfig, schema: Schema, filter: Filter | None = None) -> Choice:
    """Return what a question asks for, by what the configuration lets it ask for.

    Raises:
        QuestionError: the filter has a name that was not declared, or a value that its kind cannot have.
        SchemaError: what was declared cannot be in the graph.
    """
    return Choice(conditions_of(filter, config.filters, schema)) if filter else BEST
