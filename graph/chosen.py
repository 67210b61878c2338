"""Asking for more candidates than an answer has items, so that rules and diversity can choose, until enough are left."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from cypher import Term, TermKind
from graph.asking import either_type
from graph.choice import Choice
from graph.codes import decode
from graph.filters import Condition, unless
from graph.question import Question, Read, Row
from graph.releases import Release
from graph.rules import BoundRule
from graph.schema import NodeKind
from graph.selection import PLAIN, Candidate, Selection, candidates_of, select

SPARE_FOR_RULES = 30
"""Candidates beside the ``k`` that are wanted, in place of those that rules keep out."""
MOST_POOLED = 1_000
"""Where so many candidates are not enough, those that rules block are left out by the statement."""
TIMES_WIDER = 5
"""Candidates an item of an answer that is to be diverse, or to explore."""

Pool = Callable[[int, Sequence[Condition], Sequence[Condition]], Question[tuple[Read, Row]]]
"""How many items, the conditions that they meet, what is to be told of them → what was read, and the row with them."""


def read_chosen(
    k: int, choice: Choice, release: Release, item: NodeKind, ask: Pool, ask_pinned: Pool | None = None
) -> Question[tuple[Read, Row, Selection]]:
    """Ask for the ``k`` items of a domain that an answer is to have; return the reading that gave them, and its row.

    ``ask_pinned`` gives those among few items that may be recommended, None: nothing is pinned to such an answer.
    """
    rules = choice.rules_of(item)
    conditions = choice.conditions
    if not rules and choice.taste == PLAIN:
        read, row = yield from ask(k, conditions, ())
        return read, row, Selection([one.item for one in candidates_of(row["items"], rules)], [])
    told = [condition for bound in rules for condition in bound.conditions]
    size = k
    if rules:
        size += SPARE_FOR_RULES + sum(abs(bound.rule.boost or 0) for bound in rules)
    if choice.taste != PLAIN:
        size = max(size, TIMES_WIDER * k)
    if choice.taste.diversity:
        told.append(Condition(Term(TermKind.VALUES, release.name), None, by_index=False))

    def candidates(row: Row) -> list[Candidate]:
        if not choice.taste.diversity:
            return candidates_of(row["items"], rules)
        return _with_vectors(row["items"], rules, release)

    first = [] if ask_pinned is None else (yield from _read_pinned(item, conditions, rules, told, ask_pinned, candidates))
    while True:
        read, row = yield from ask(size, conditions, told)
        pool = candidates(row)
        found = select(pool, k, rules, first if row["items"] else (), choice.taste)
        if len(found.items) >= k or len(pool) < size or len(conditions) > len(choice.conditions):
            return read, row, found
        if size <= MOST_POOLED:
            size *= 4
        else:
            conditions = (*conditions, *_unblocked(rules))


def _read_pinned(
    item: NodeKind,
    conditions: Sequence[Condition],
    rules: Sequence[BoundRule],
    told: Sequence[Condition],
    ask: Pool,
    candidates: Callable[[Row], list[Candidate]],
) -> Question[list[Candidate]]:
    found: list[Candidate] = []
    for bound in rules:
        places = {node_id: place for place, pinned in enumerate(bound.rule.pin or ()) for node_id in either_type(pinned)}
        if not places:
            continue
        among = Condition(Term(TermKind.ONE_OF, item.key), list(places), by_index=False)
        _, row = yield from ask(len(places), (among, *conditions, *_unblocked(rules)), told)
        pinned = sorted(candidates(row), key=lambda one: places[one.item.id])
        known: set[Any] = {one.item.id for one in found}
        named = [replace(one, item=replace(one.item, rules=(bound.rule.name,))) for one in pinned]
        found += [one for one in named if one.item.id not in known]
    return found


def _with_vectors(told: Sequence[Sequence[Any]], rules: Sequence[BoundRule], release: Release) -> list[Candidate]:
    """Return candidates of which the last that is told is the vector; of an item that the release does not know, zeros."""
    if not told:
        return []
    written = np.zeros((len(told), release.dimensions + 1), np.float32)
    for place, of_item in enumerate(told):
        if of_item[-1] is not None:
            written[place] = of_item[-1]
    vectors = decode(written, release.code, is_indexed=True)
    found = candidates_of([of_item[:-1] for of_item in told], rules)
    return [replace(one, vector=vector) for one, vector in zip(found, vectors, strict=True)]


def _unblocked(rules: Sequence[BoundRule]) -> list[Condition]:
    """Return conditions that what rules block does not meet."""
    return [unless(bound.conditions) for bound in rules if bound.rule.block is not None]
