"""Relationships between users: which of them are ties, and which hold both ways whoever declared them."""

from __future__ import annotations

from graph.behaviours import behaviour_of, default_weight, forms_of, words_of
from graph.schema import EdgeKind, Schema

_ONE_WAY_VERBS = (
    *("follow", "subscribe", "trust", "admire", "like", "love", "endorse", "recommend", "rate", "watch", "invite"),
    *("block", "mute", "ignore", "hide", "ban"),
)
_ONE_WAY = frozenset(form for verb in _ONE_WAY_VERBS for form in forms_of(verb))


def is_tie(kind: EdgeKind) -> bool:
    """Whether a kind says that users belong together: FRIEND and FOLLOWS do, BLOCKED and UNFOLLOWED do not."""
    return default_weight(behaviour_of(kind)) > 0


def is_mutual(kind: EdgeKind) -> bool:
    """Whether a kind holds both ways, as friendship does and following does not: as declared, or as its type's name tells."""
    return _ONE_WAY.isdisjoint(words_of(kind.type)) if kind.mutual is None else kind.mutual


def leaving_and_reaching(schema: Schema) -> tuple[list[str], list[str]]:
    """Return the types whose relationships take others out of a user's answer: of those that leave the user, and that reach it.

    Who follows a user is not followed by that: only what holds both ways, and what is no tie, counts from either side.
    """
    leaving, reaching = set(), set()
    for kind in schema.social:
        either_way = is_mutual(kind) or not is_tie(kind)
        if either_way or not kind.reversed:
            leaving.add(kind.type)
        if either_way or kind.reversed:
            reaching.add(kind.type)
    return sorted(leaving), sorted(reaching)
