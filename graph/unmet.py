"""Reading a vector index for items that a user has not met: wide enough that what is left is still enough."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cypher import load
from graph.asking import num_candidates, read_by_index
from graph.question import Dialect, Question, Read, Row
from graph.releases import Domain

SPARE_CANDIDATES = 100
"""Fetched beside the ``k`` that are wanted, in place of those that the user has met: few users have met more of the best."""


def read_unmet(
    dialect: Dialect, statement: str, domain: Domain, params: Mapping[str, Any], names: Mapping[str, Any], but: int = 0
) -> Question[tuple[Read, list[Row]]]:
    """Ask an index for ``$k`` items of a domain; return the rows and the reading that gave them.

    ``but`` more items than those that the user has met are left out. Where too few are left for a user whom the answer is for,
    the index is asked again, as wide as there are items that the user has met.
    """
    k = params["k"]
    candidates = num_candidates(k, but + SPARE_CANDIDATES, domain)
    read = read_by_index(dialect, statement, domain.index, {**params, "candidates": candidates}, names)
    rows = yield read
    found = [row for row in rows if row["id"] is not None]
    if len(found) == k or candidates == domain.num_items or not rows or not rows[0]["norm"]:
        return read, rows
    counting = load("recommend/count_met_items")
    met = yield Read(counting, {"user_id": rows[0]["user_id"]}, {name: names[name] for name in counting.identifiers})
    candidates = num_candidates(k, but + (met[0]["number"] if met else 0), domain)
    read = read_by_index(dialect, statement, domain.index, {**params, "candidates": candidates}, names)
    return read, (yield read)
