"""What questions for items are answered with, and what all of them name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graph.asking import Answer, interaction_types, shown_property
from graph.question import Read
from graph.schema import NodeKind, Schema


@dataclass(frozen=True)
class ScoredItem:
    """One item of an answer; ``title`` is None where the graph has none.

    ``score`` is the model's (see the release's configuration), or for popular items the number of users who chose it. ``rules``
    are the names of those of ``[ask.rules]`` that moved it. ``propensity``, in an answer that explores, is how likely it was
    to be at its place, given those before. ``found_by``, in an answer that fuses retrievers, names those that found it, and the
    score is then what both say, each by its largest. ``scores``, in the order of a scenario, are what its tasks say, by name:
    the model's score, a probability or a value; and the score is then their weighted sum, each spread alike among candidates.
    """

    id: Any
    title: str | None
    score: float
    rules: tuple[str, ...] = ()
    propensity: float | None = None
    found_by: tuple[str, ...] = ()
    scores: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class LeftOut:
    """An item that would have been in an answer, and the rule that kept it out."""

    id: Any
    rule: str


@dataclass(frozen=True)
class Recommendations(Answer):
    """Items of one domain, best first; the release that gave them; and what was read of the graph for it.

    ``domain`` is the items' label. ``by_model`` is False where the release has no vector of the user and nothing that they met
    or are tells of them, and the items are popular ones instead. ``num_events``: how many events that training has not seen
    went into the vector that asked, None where it is as it was learnt. ``left_out``: what rules kept out. ``seed``: what
    decided the chance of an answer that explores; given again, it gives the same. ``scenario`` names that whose order this is;
    None: it is the model's, or by popularity, as none was asked for or no task tells of the user.
    """

    version: int
    domain: str
    by_model: bool
    items: list[ScoredItem]
    read: Read
    num_events: int | None = None
    left_out: list[LeftOut] = field(default_factory=list)
    seed: str | None = None
    scenario: str | None = None

    @property
    def statement(self) -> str:
        """The same question as a statement for cypher-shell."""
        return self.read.inline()

    @property
    def num_candidates(self) -> int | None:
        """How many candidates an index was asked for by the reading that answered; None where none was asked."""
        found: int | None = self.read.params.get("candidates")
        return found


def item_names(schema: Schema, item: NodeKind) -> dict[str, Any]:
    """Return the names by which a statement finds users and the items of a domain that they met."""
    return {
        "user": schema.user.label,
        "user_key": schema.user.key,
        "item": item.label,
        "item_key": item.key,
        "title": shown_property(item),
        "interactions": interaction_types(schema, item),
    }
