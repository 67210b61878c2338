"""A path in words: why an item, as one would say it to the user it is for."""

from __future__ import annotations

import re
from collections.abc import Callable

from graph.question import Row

_IRREGULAR = {"bought", "saw", "read", "heard", "chose", "ate", "drank", "wore", "took", "went", "sent", "kept", "wrote"}
_JOINING = {"about", "at", "by", "for", "from", "in", "into", "of", "on", "to", "with"}
_DECADE = re.compile(r"\d+0s")


def sentence(row: Row) -> str:
    """Return one row of ``explain/explain_item_by_user`` as a sentence whose subject is the item.

    Rows of other origin may also be of these kinds: ``met``, the item itself, which the user ``did``; ``people`` of whom
    ``via`` is named, to stand for all ``shared`` ones; ``known``: ``via`` is a friend of ``met``, a friend of the user's; and
    ``way``, any other path, by the ``names`` of its nodes and its ``types``.

    A relationship type is read as English where it reads as English, such as DIRECTED_BY or HAS_GENRE, and is quoted after
    the sentence else, as FILM_ACTOR_FILM must be.
    """
    return _SENTENCES[row["kind"]](row)


def _friends(row: Row) -> str:
    number = row["shared"]
    if number == 1:
        return f"your friend {row['via']} chose it"
    others = f"{number - 1:,} more of your friends" if number > 2 else "another of your friends"
    return f"your friend {row['via']} and {others} chose it"


def _known(row: Row) -> str:
    return f"{row['via']}, a friend of your friend {row['met']}, chose it"


def _people(row: Row) -> str:
    met, shared = _met(row), row["shared"]
    if row["via"] is not None:
        others = {1: "", 2: " and another"}.get(shared, f" and {shared - 1:,} more")
        return f"{row['via']}{others}, who chose {met}, chose it too"
    if row["asked"] == 1:
        return f"the only other person who chose {met}, chose it too"
    return f"{shared:,} of the {row['asked']:,} others who chose {met}, chose it too"


def _met(row: Row) -> str:
    return f"{row['met']}, which you {_did(row)}"


def _met_itself(row: Row) -> str:
    return f"you met it yourself ({_did(row)})"


def _way(row: Row) -> str:
    return f"by way of {' and '.join(row['names'])} ({', '.join(map(words, row['types']))})"


def _did(row: Row) -> str:
    """Return what the user did, in the past tense: a relationship type is not always a verb."""
    did = words(row["did"])
    if did == "rated" and row["value"] is not None:
        return f"rated {row['value']:g}"
    first = did.partition(" ")[0]
    return did if did != "interacted" and (first.endswith("ed") or first in _IRREGULAR) else "chose"


def _fact(row: Row) -> str:
    name, met = words(row["first_type"]), _met(row)
    if _joins(name):
        return f"{name} {met}" if row["first_out"] else f"{met}, is {name} it"
    return f"linked to {met} ({name})"


def _shared(row: Row) -> str:
    met = _met(row)
    here, there = words(row["second_type"]), words(row["first_type"])
    via = f"the {row['via']}" if _DECADE.fullmatch(row["via"]) else row["via"]
    if here != there or row["first_out"] != row["second_out"]:
        ways = f"{here} here, {there} there" if here != there else here
        return f"shares {via} with {met} ({ways})"
    if row["second_out"] and here.startswith("has "):
        return f"has the {here.removeprefix('has ')} {via}, like {met}"
    if row["second_out"] and _joins(here):
        return f"{here} {via}, like {met}"
    return f"shares {via} with {met} ({here})"


def _joins(name: str) -> bool:
    """Whether a name can stand between two things: "directed by", "sequel of", "starring"."""
    last = name.rpartition(" ")[2]
    return last in _JOINING or last.endswith("ing")


def words(name: str) -> str:
    """Return a relationship type as words."""
    return name.replace("_", " ").strip().lower()


_SENTENCES: dict[str, Callable[[Row], str]] = {
    "fact": _fact,
    "friends": _friends,
    "known": _known,
    "met": _met_itself,
    "people": _people,
    "shared": _shared,
    "way": _way,
}
