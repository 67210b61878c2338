"""What every question to the graph shares: the names it uses, and the release it is answered by."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from graph.database import Database
from graph.errors import DatabaseError, DatabaseGoneError
from graph.releases import Release, active_release
from graph.schema import NodeKind, Schema

T = TypeVar("T")

MIN_CANDIDATES = 100


def ask_by_active_release(database: Database, question: Callable[[Release], T]) -> T:
    """Answer a question by the active release.

    An answer comes from one release alone. Should that be collected between finding it and asking it, as can happen when
    several releases are published meanwhile, the question is put again to the one that is active now.

    Raises:
        ReleaseError: nothing is published.
        DatabaseError: whatever the question fails at.
    """
    release = active_release(database)
    try:
        return question(release)
    except DatabaseGoneError:
        raise
    except DatabaseError:
        now = active_release(database)
        if now.version == release.version:
            raise
        return question(now)


def num_candidates(k: int, num_met: int, num_items: int) -> int:
    """Return how many items to fetch from the index so that the best ``k`` are left after those already met.

    The index searches as wide as it is asked for: 10 of 1,682 items were found with an overlap of 0.93 with exact search,
    100 with more than 0.99.
    """
    return min(max(k + num_met, MIN_CANDIDATES), num_items)


def interaction_types(schema: Schema) -> list[str]:
    """Return the relationship types of what users do with items."""
    return [kind.type for kind in schema.interactions]


def shown_property(kind: NodeKind) -> str:
    """Return the property that stands for a node before people: its title, or its key."""
    return kind.title or kind.key
