"""A path in words: why an item, as one would say it to the user it is for."""

from __future__ import annotations

import re

from graph.database import Row

_IRREGULAR = {"bought", "saw", "read", "heard", "chose", "ate", "drank", "wore", "took", "went", "sent", "kept", "wrote"}
_JOINING = {"about", "at", "by", "for", "from", "in", "into", "of", "on", "to", "with"}
_DECADE = re.compile(r"\d+0s")


def sentence(row: Row) -> str:
    """Return one row of ``explain/explain_item_by_user`` as a sentence whose subject is the item.

    A relationship type is read as English where it reads as English, such as DIRECTED_BY or HAS_GENRE, and is quoted after
    the sentence else, as FILM_ACTOR_FILM must be.
    """
    if row["kind"] == "friends":
        return _friends(row["via"], row["shared"])
    met = f"{row['met']}, which you {_did(row)}"
    if row["kind"] == "people":
        if row["asked"] == 1:
            return f"the only other person who chose {met}, chose it too"
        return f"{row['shared']:,} of the {row['asked']:,} others who chose {met}, chose it too"
    if row["kind"] == "fact":
        return _fact(row["first_type"], row["first_out"], met)
    return _shared(row, met)


def _friends(name: str, number: int) -> str:
    if number == 1:
        return f"your friend {name} chose it"
    others = f"{number - 1:,} more of your friends" if number > 2 else "another of your friends"
    return f"your friend {name} and {others} chose it"


def _did(row: Row) -> str:
    """Return what the user did, in the past tense: a relationship type is not always a verb."""
    did = words(row["did"])
    if did == "rated" and row["value"] is not None:
        return f"rated {row['value']:g}"
    first = did.partition(" ")[0]
    return did if did != "interacted" and (first.endswith("ed") or first in _IRREGULAR) else "chose"


def _fact(type_: str, out: bool, met: str) -> str:
    name = words(type_)
    if _joins(name):
        return f"{name} {met}" if out else f"{met}, is {name} it"
    return f"linked to {met} ({name})"


def _shared(row: Row, met: str) -> str:
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
