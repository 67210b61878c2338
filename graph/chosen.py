"""Asking for more candidates than an answer has items, so that scenarios, rules and diversity can choose, while need be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cypher import Term, TermKind
from graph.answers import Recommendations, ScoredItem
from graph.asking import either_type
from graph.blend import LEAST_POOL, Blend
from graph.choice import Choice
from graph.codes import decode
from graph.filters import Condition, unless
from graph.question import Question, Read, Row
from graph.releases import Release
from graph.rules import BoundRule
from graph.schema import NodeKind
from graph.selection import PLAIN, Candidate, Selection, Taste, candidates_of, select

SPARE_FOR_RULES = 30
"""Candidates beside the ``k`` that are wanted, in place of those that rules keep out."""
MOST_POOLED = 1_000
"""Where so many candidates are not enough, those that rules block are left out by the statement."""
TIMES_WIDER = 5
"""Candidates an item of an answer that is to be diverse, or to explore."""

_FIRST_TOLD = 3  # a candidate is told as id, title, score, and what else is asked of it

Pool = Callable[[int, Sequence[Condition], Sequence[Condition]], Question[tuple[Read, Row]]]
"""How many items, the conditions that they meet, what is to be told of them → what was read, and the row with them."""


def read_chosen(
    k: int,
    choice: Choice,
    release: Release,
    item: NodeKind,
    ask: Pool,
    ask_pinned: Pool | None = None,
    own: Sequence[bytes | None] | None = None,
) -> Question[tuple[Recommendations, Row]]:
    """Ask for the ``k`` items of a domain that an answer is to have; return it, as one by the model, and the row that gave it.

    ``ask_pinned`` gives those among few items that may be recommended, None: nothing is pinned to such an answer. ``own`` is
    what the tasks of a scenario have of the user, where a row does not tell it.
    """
    rules = choice.rules_of(item)
    conditions = choice.conditions
    blend = choice.blend(release, item)
    if not rules and choice.taste == PLAIN and blend is None:
        read, row = yield from ask(k, conditions, ())
        return _answer(release, item, read, row, Selection([one.item for one in candidates_of(row["items"], rules)], [])), row
    told = [condition for bound in rules for condition in bound.conditions]
    size = k
    if rules:
        size += SPARE_FOR_RULES + sum(abs(bound.rule.boost or 0) for bound in rules)
    if choice.taste != PLAIN or blend is not None:
        size = max(size, TIMES_WIDER * k)
    if blend is not None:
        size = max(size, LEAST_POOL)
    at_vector = _FIRST_TOLD + len(told)
    if choice.taste.diversity:
        told.append(Condition(Term(TermKind.VALUES, release.name), None, by_index=False))
    at_tasks = _FIRST_TOLD + len(told)
    if blend is not None:
        told += [Condition(Term(TermKind.VALUE, name), None, by_index=False) for name in blend.properties]

    def candidates(row: Row) -> list[Candidate]:
        found = candidates_of(row["items"], rules)
        if choice.taste.diversity:
            found = _with_vectors(found, [of_item[at_vector] for of_item in row["items"]], release)
        of_user = row.get("own") if own is None else own
        if blend is not None and of_user is not None and blend.knows(of_user):
            found = _with_figures(found, [of_item[at_tasks:] for of_item in row["items"]], of_user, blend)
        return found

    first = [] if ask_pinned is None else (yield from _read_pinned(item, conditions, rules, told, ask_pinned, candidates))
    while True:
        read, row = yield from ask(size, conditions, told)
        pool = candidates(row)
        found = _select(pool, k, rules, first if row["items"] else (), choice.taste, blend)
        if len(found.items) >= k or len(pool) < size or len(conditions) > len(choice.conditions):
            return _answer(release, item, read, row, found), row
        if size <= MOST_POOLED:
            size *= 4
        else:
            conditions = (*conditions, *_unblocked(rules))


def _answer(release: Release, item: NodeKind, read: Read, row: Row, chosen: Selection) -> Recommendations:
    return Recommendations(
        release.version,
        item.label,
        True,
        _with_retrievers(chosen.items, row),
        read,
        left_out=chosen.left_out,
        seed=chosen.seed,
        scenario=chosen.scenario,
    )


def _with_retrievers(items: Sequence[ScoredItem], row: Row) -> list[ScoredItem]:
    """Return the items of a row with the names of the retrievers that found them, where it tells: "vectors", "similar"."""
    if "found_by" not in row:
        return list(items)
    found_by = {told[0]: tuple(sorted(names, reverse=True)) for told, names in zip(row["items"], row["found_by"], strict=True)}
    return [replace(item, found_by=found_by.get(item.id, ())) for item in items]


def _select(
    pool: list[Candidate],
    k: int,
    rules: Sequence[BoundRule],
    first: Sequence[Candidate],
    taste: Taste,
    blend: Blend | None,
) -> Selection:
    """Select out of a pool in the order of a scenario, where one is asked for that tells of the user."""
    if blend is None or not pool or pool[0].figures is None:
        return select(pool, k, rules, first, taste)
    among = _figures(pool)
    pool = sorted(_scored(pool, blend, among), key=lambda one: -one.item.score)
    return replace(select(pool, k, rules, _scored(first, blend, among), taste), scenario=blend.scenario.name)


def _scored(candidates: Sequence[Candidate], blend: Blend, among: NDArray[np.float64]) -> list[Candidate]:
    if not candidates:
        return []
    items = blend.scored([one.item for one in candidates], _figures(candidates), among)
    return [replace(one, item=item) for one, item in zip(candidates, items, strict=True)]


def _figures(candidates: Sequence[Candidate]) -> NDArray[np.float64]:
    return np.stack([one.figures for one in candidates if one.figures is not None])


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


def _with_vectors(found: Sequence[Candidate], told: Sequence[Any], release: Release) -> list[Candidate]:
    """Return candidates with their vectors as they are stored; of an item that the release does not know, zeros."""
    if not found:
        return []
    written = np.zeros((len(told), release.dimensions + 1), np.float32)
    for place, of_item in enumerate(told):
        if of_item is not None:
            written[place] = of_item
    vectors = decode(written, release.code, is_indexed=True)
    return [replace(one, vector=vector) for one, vector in zip(found, vectors, strict=True)]


def _with_figures(
    found: Sequence[Candidate], told: Sequence[Sequence[bytes | None]], of_user: Sequence[bytes | None], blend: Blend
) -> list[Candidate]:
    """Return candidates with what a scenario's tasks say of them, by what the nodes have of these."""
    figures = blend.figures([one.item.score for one in found], of_user, told)
    return [replace(one, figures=row) for one, row in zip(found, figures, strict=True)]


def _unblocked(rules: Sequence[BoundRule]) -> list[Condition]:
    """Return conditions that what rules block does not meet."""
    return [unless(bound.conditions) for bound in rules if bound.rule.block is not None]
