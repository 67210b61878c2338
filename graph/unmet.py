"""Reading a vector index for items that a question may be answered with: wide enough that what is left is still enough."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from cypher import load
from graph.asking import is_narrowing, num_candidates, read_by_index, read_with
from graph.filters import ANY_ITEM, Condition
from graph.question import Dialect, Question, Read, Row
from graph.releases import Domain
from graph.releases.record import PeopleIndex

SPARE_CANDIDATES = 30
"""Fetched beside the ``k`` that are wanted, in place of those that the user has met: most users have met fewer of the best."""
MOST_SEARCHED = 2_000
"""Where more candidates of an index would be needed than so many, every item is looked at instead, which is about as fast."""


def read_unmet(
    dialect: Dialect,
    statement: str,
    domain: Domain,
    params: Mapping[str, Any],
    names: Mapping[str, Any],
    conditions: Sequence[Condition] = ANY_ITEM,
    told: Sequence[Condition] = (),
    but: int = 0,
    *,
    can_scan: bool = True,
    owned: Sequence[Condition] = (),
) -> Question[tuple[Read, Row]]:
    """Ask an index for ``$k`` items of a domain that meet some conditions; return the row and the reading that gave it.

    ``told`` is what the row has of each item beside its score; ``owned``, what the user must be like. ``but`` more items than
    those that the user has met are left out. Where too few of the index's are left for a user whom the answer is for, though
    neighbours may have filled it, the index is asked again, as wide as there are items that the user has met; where conditions
    left too few that the index cannot decide, see :func:`read_enough`. ``can_scan``: there is a form of the statement that
    looks at every item; else the index is asked for all.
    """

    def by_index(candidates: int) -> Read:
        sized = {**params, "candidates": candidates}
        return read_by_index(dialect, statement, domain.index, sized, names, conditions, domain.filters, told, owned)

    k, first = params["k"], num_candidates(params["k"], but + SPARE_CANDIDATES, domain)
    if not all(is_narrowing(dialect, one, domain.filters) for one in conditions):
        if can_scan:
            by_scan = read_with(f"recommend/scan_{statement}", params, names, wanted=conditions, told=told, owned=owned)
        else:
            by_scan = by_index(domain.num_items)
        return (
            yield from read_enough(k, first, domain, by_index, by_scan, lambda row: _num_found(row) if _is_final(row) else k)
        )
    read = by_index(first)
    (row,) = yield read
    if _num_found(row) == k or first == domain.num_items or not _is_final(row):
        return read, row
    counting = load("recommend/count_met_items")
    met = yield Read(counting, {"user_id": row["user_id"]}, {name: names[name] for name in counting.identifiers})
    read = by_index(num_candidates(k + (met[0]["number"] if met else 0), but, domain))
    (row,) = yield read
    return read, row


def _is_final(row: Row) -> bool:
    """Return whether a row has the items that are asked for, and not what another vector is to be made of."""
    return bool(row["norm"]) and row.get("asking") is None


def _num_found(row: Row) -> int:
    """Return how many items of a row the index gave: where neighbours found some, too, fewer than it has."""
    found: int = row.get("by_index", len(row["items"]))
    return found


def read_enough(
    k: int,
    candidates: int,
    index: Domain | PeopleIndex,
    by_index: Callable[[int], Read],
    by_scan: Read,
    count: Callable[[Row], int],
) -> Question[tuple[Read, Row]]:
    """Read an index, each time as wide as ``k`` of it should need by what was found, and at last every item or user.

    ``count`` tells how many of them the one row of an answer has. Returns the reading that gave ``k``, or all there are, and
    its row.
    """
    read = by_index(candidates)
    (row,) = yield read
    while (found := count(row)) < k and candidates < index.number:
        candidates = num_candidates(k, 2 * candidates * k // max(found, 1) - k, index)
        read = by_index(candidates) if candidates <= MOST_SEARCHED else by_scan
        (row,) = yield read
        if read is by_scan:
            break
    return read, row


def read_all(
    statement: str,
    params: Mapping[str, Any],
    names: Mapping[str, Any],
    conditions: Sequence[Condition] = ANY_ITEM,
    told: Sequence[Condition] = (),
    owned: Sequence[Condition] = (),
) -> Question[tuple[Read, Row]]:
    """Read a statement that looks at all items which meet some conditions; return its row and the reading."""
    read = read_with(statement, params, names, wanted=conditions, told=told, owned=owned)
    (row,) = yield read
    return read, row
