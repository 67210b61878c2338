"""What people do with items: the behaviours that are known, what each tells of liking, and how a type's name says which."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graph.schema import EdgeKind


@dataclass(frozen=True)
class Behaviour:
    """One thing that people do with items.

    ``weight``: how much one event tells of liking, beside 1 for the surest. 0: it tells of none, and its items are never what
    a ranking is to bring up. ``why`` says so in words. ``verbs`` are the words that tell it in a relationship type's name, in
    any regular form; ``words`` those that have one form only.
    """

    name: str
    weight: float
    why: str
    verbs: str
    words: str = ""


# The first that fits is taken, so what was taken back or disliked stands before what it undoes: REMOVED_FROM_CART.
BEHAVIOURS = (
    Behaviour(
        "undo",
        0.0,
        "what was taken back is liked no more",
        "return refund remove cancel unlike unfollow unsubscribe uninstall delete leave quit",
        "left",
    ),
    Behaviour("block", 0.0, "asked never to see it again", "block report hide mute ban", "hid hidden"),
    Behaviour("dislike", 0.0, "said so", "dislike hate downvote", "uninterested"),
    Behaviour("skip", 0.0, "had it before them and passed it by", "skip ignore dismiss"),
    Behaviour(
        "purchase",
        1.0,
        "gave money for it",
        "purchase buy order pay subscribe rent book borrow donate download install",
        "bought paid",
    ),
    Behaviour("cart", 0.5, "meant to buy it, and has not yet", "wish shortlist", "cart basket wishlist checkout"),
    Behaviour("rating", 1.0, "tried it and judged it; how well is for the value to say", "rate review score grade"),
    Behaviour("like", 1.0, "said so", "like love favorite favourite upvote recommend share repost"),
    Behaviour("follow", 1.0, "asked for more of it", "follow befriend bookmark save pin"),
    Behaviour("join", 1.0, "became a part of it", "join enrol enroll attend register participate", "member"),
    Behaviour("watch", 1.0, "gave it time; how much is for the value to say", "watch listen play stream read complete finish"),
    Behaviour("click", 0.2, "was curious, often no more", "click tap open"),
    Behaviour("browse", 0.1, "came by it", "browse view visit see look search", "saw seen impression"),
)


@lru_cache(10_000)  # every question asks it of every type
def guess_behaviour(type_name: str) -> str:
    """Return the behaviour that a relationship type's name tells of: ``ADDED_TO_CART`` is a ``cart``.

    Upper snake, camel case and words with spaces are read alike. A name without a known word is a behaviour of its own, in
    lower snake case.
    """
    words = words_of(type_name)
    if "not" in words:  # NOT_INTERESTED, DID_NOT_LIKE
        return "dislike"
    for behaviour in BEHAVIOURS:
        if not _FORMS[behaviour.name].isdisjoint(words):
            return behaviour.name
    return "_".join(words) or type_name


def behaviour_of(kind: EdgeKind) -> str:
    """Return the behaviour of a kind of interaction: the declared one, or what its type's name tells."""
    return kind.behaviour or guess_behaviour(kind.type)


def default_weight(behaviour: str) -> float:
    """Return how much one event tells of liking; 1 for a behaviour that is not in the list."""
    return next((known.weight for known in BEHAVIOURS if known.name == behaviour), 1.0)


def words_of(name: str) -> list[str]:
    """Return the words of a name in lower case."""
    spaced = re.sub(r"(?<=[^\W\d_A-Z])(?=[A-Z])", " ", name)
    return [word.lower() for word in re.findall(r"[^\W_]+", spaced)]


def forms_of(verb: str) -> Iterator[str]:
    """Yield the regular forms of an English verb, and some that are none, which no name has."""
    stem = verb.removesuffix("e")
    yield from (verb, f"{verb}s", f"{verb}es", f"{stem}ed", f"{stem}ing", f"{stem}ings")
    yield from (f"{verb}{verb[-1]}ed", f"{verb}{verb[-1]}ing")


_FORMS = {
    behaviour.name: {
        behaviour.name,
        *behaviour.words.split(),
        *(form for verb in behaviour.verbs.split() for form in forms_of(verb)),
    }
    for behaviour in BEHAVIOURS
}
