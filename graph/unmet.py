"""Reading a vector index for items that a user has not met: wide enough that what is left is still enough."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cypher import load
from graph.asking import num_candidates, read_by_index
from graph.question import Dialect, Question, Read, Row
from graph.releases import Domain

SPARE_CANDIDATES = 30
"""Fetched beside the ``k`` that are wanted, in place of those that the user has met: most users have met fewer of the best."""


def read_unmet(
    dialect: Dialect, statement: str, domain: Domain, params: Mapping[str, Any], names: Mapping[str, Any], but: int = 0
) -> Question[tuple[Read, Row]]:
    """Ask an index for ``$k`` items of a domain; return the row and the reading that gave it.

    ``but`` more items than those that the user has met are left out. Where too few are left for a user whom the answer is for,
    the index is asked again, as wide as there are items that the user has met.
    """
    k = params["k"]
    candidates = num_candidates(k, but + SPARE_CANDIDATES, domain)
    read = read_by_index(dialect, statement, domain.index, {**params, "candidates": candidates}, names)
    (row,) = yield read
    if len(row["items"]) == k or candidates == domain.num_items or not row["norm"]:
        return read, row
    counting = load("recommend/count_met_items")
    met = yield Read(counting, {"user_id": row["user_id"]}, {name: names[name] for name in counting.identifiers})
    candidates = num_candidates(k, but + (met[0]["number"] if met else 0), domain)
    read = read_by_index(dialect, statement, domain.index, {**params, "candidates": candidates}, names)
    (row,) = yield read
    return read, row
