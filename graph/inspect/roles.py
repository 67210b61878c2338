"""Who are the users, what are the items, and which relationships are what users did with them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from cypher import load
from graph.behaviours import BEHAVIOURS, guess_behaviour
from graph.counts import GraphCounts
from graph.errors import SchemaError
from graph.inspect.edges import Joined
from graph.inspect.words import CERTAIN_USERS, ITEMS, NEVER_INTERACTIONS, USERS, names_any

_KNOWN = frozenset(behaviour.name for behaviour in BEHAVIOURS)
_MANY = 2.0  # relationships a node, on either side, from which on a type looks like behaviour rather than a property


@dataclass(frozen=True)
class Traits:
    """What the properties of a type between two labels tell: whether they say when, and how much."""

    has_time: bool
    has_value: bool


@dataclass(frozen=True)
class Interaction:
    """A type that is taken for what users do with items; ``reversed`` where the graph keeps it from item to user."""

    joined: Joined
    user: str
    item: str
    score: float
    why: tuple[str, ...]

    @property
    def reversed(self) -> bool:
        """Whether the graph's relationships lead from item to user."""
        return self.joined.source == self.item


def names_behaviour(type_: str) -> bool:
    """Whether a relationship type is named as something that people do with items."""
    return guess_behaviour(type_) in _KNOWN


def find_interactions(
    joined: Collection[Joined],
    traits: Mapping[Joined, Traits],
    counts: GraphCounts,
    user: str | None = None,
    items: Collection[str] = (),
) -> list[Interaction]:
    """Return the interactions of the likeliest user label with its items, the strongest first.

    ``user`` and ``items`` settle who they are, where the caller knows. Otherwise a type must be named as something people do,
    or the label as people, or the relationships say when or how much; many must leave, or reach, a node.

    Raises:
        SchemaError: none is found; the message says what there is and what is needed.
    """
    found = [
        interaction
        for edge in joined
        for source, target in ((edge.source, edge.target), (edge.target, edge.source))
        if (interaction := _judge(edge, source, target, traits, counts, user, items)) is not None
    ]
    if not found:
        raise SchemaError(_nothing_found(joined, counts, user, items))
    by_user: dict[str, float] = {}
    for interaction in found:
        by_user[interaction.user] = max(by_user.get(interaction.user, 0.0), interaction.score)
    chosen = max(by_user, key=lambda label: (by_user[label], counts.nodes[label], label))
    of_user = sorted(
        (one for one in found if one.user == chosen), key=lambda one: (-one.score, -one.joined.count, one.joined.type)
    )
    # Where some types are named as behaviour, or carry its time or value, the others are facts about people, such as LIVES_IN.
    sure = [one for one in of_user if _is_sure(one, traits) or one.item in items]
    return sure or of_user[:1]


def _judge(
    edge: Joined,
    source: str,
    target: str,
    traits: Mapping[Joined, Traits],
    counts: GraphCounts,
    user: str | None,
    items: Collection[str],
) -> Interaction | None:
    if source == target or (user is not None and source != user) or (items and target not in items):
        return None
    behaves, trait = names_behaviour(edge.type), traits.get(edge, Traits(False, False))
    many = edge.count >= _MANY * counts.nodes[source] and edge.count >= _MANY * counts.nodes[target]
    signs = [
        (3.0, names_any(source, CERTAIN_USERS), f"{source} names people"),
        (1.0, names_any(source, USERS) and not names_any(source, CERTAIN_USERS), f"{source} may name people"),
        (1.0, names_any(target, ITEMS), f"{target} names items"),
        (3.0, behaves, f"{edge.type} names something people do"),
        (1.5, trait.has_time, "its relationships say when"),
        (1.5, trait.has_value, "its relationships say how much"),
        (1.0, many, "many to many"),
        (0.5, source == edge.source, ""),
        (-4.0, names_any(target, CERTAIN_USERS), ""),
        (-4.0, names_any(source, ITEMS), ""),
        (-3.0, names_any(edge.type, NEVER_INTERACTIONS) and not behaves, ""),
    ]
    score = sum(weight for weight, holds, _ in signs if holds)
    settled = user is not None or bool(items)
    if not settled and (score < 3.0 or (not behaves and not many)):
        return None
    return Interaction(edge, source, target, score, tuple(why for weight, holds, why in signs if holds and why and weight > 0))


def _is_sure(one: Interaction, traits: Mapping[Joined, Traits]) -> bool:
    trait = traits.get(one.joined, Traits(False, False))
    return names_behaviour(one.joined.type) or (
        (trait.has_time or trait.has_value) and not names_any(one.joined.type, NEVER_INTERACTIONS)
    )


def _nothing_found(joined: Collection[Joined], counts: GraphCounts, user: str | None, items: Collection[str]) -> str:
    labels = ", ".join(f"{label} ({number:,})" for label, number in counts.nodes.most_common(8)) or "no labelled nodes"
    biggest = sorted(joined, key=lambda edge: -edge.count)[:8]
    types = (
        "; ".join(f"({edge.source})-[{edge.type}]->({edge.target}) {edge.count:,}" for edge in biggest) or "no relationships"
    )
    looked = "what users did with items"
    if user is not None or items:
        looked = f"relationships between {user or 'any label'} and {', '.join(items) or 'any label'}"
    return (
        f"found no {looked}. The graph has {labels}, and {types}. Hopline learns from relationships between people and items, "
        f"such as (:User)-[:RATED]->(:Movie); say who is who with --user LABEL --item LABEL{_shortcut(joined, user)}"
    )


def _shortcut(joined: Collection[Joined], user: str | None) -> str:
    """Return how to make interactions of a path over one node between, such as an order; empty if there is no such path."""
    for first in sorted(joined, key=lambda edge: -edge.count):
        if not (first.source == user or names_any(first.source, CERTAIN_USERS)):
            continue
        for second in joined:
            if second.source == first.target and second.target not in {first.source, first.target}:
                names = {
                    "user": first.source,
                    "first": first.type,
                    "between": first.target,
                    "second": second.type,
                    "item": second.target,
                }
                return f", or make them of a longer path: {load('inspect/join_over_a_node').render(names)}"
    return ""
