"""The items of an answer out of a pool of candidates: what rules leave of the model's order.

Candidates come with the best first. Those that a rule blocks are taken out, those that one boosts move by a number of places,
and of the rest each in turn is taken that no cap keeps out: the next in order, or, where an answer is to be diverse, the one
of highest worth beside those taken. Where an answer is to explore, now and then any of the pool is taken instead, and each item
is told how likely it was to be there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.answers import LeftOut, ScoredItem
from graph.likeness import Marginal
from graph.rules import BoundRule


@dataclass(frozen=True)
class Candidate:
    """An item that may be in an answer; ``of_rules`` tells of each rule whether it is about it, or what a cap counts it by.

    ``vector``, float32[d], is that of the release, None where likeness does not matter; ``figures``, float64[t], what a
    scenario's tasks say of it, none where no scenario is asked for, or none is known.
    """

    item: ScoredItem
    of_rules: tuple[Any, ...] = ()
    vector: NDArray[np.float32] | None = None
    figures: NDArray[np.float64] | None = None


@dataclass(frozen=True)
class Selection:
    """The items that were taken, the best first, and those that a rule left out though they were as good.

    ``seed`` is what decided chance, None where nothing was left to it; ``scenario`` the name of that whose order the pool was
    in, None: it was the model's.
    """

    items: list[ScoredItem]
    left_out: list[LeftOut]
    seed: str | None = None
    scenario: str | None = None


@dataclass(frozen=True)
class Taste:
    """How an answer departs from the best items: ``diversity`` and ``explore`` are from 0, not at all, to 1.

    ``explore`` is the share of places at which any candidate is drawn, by chance that ``seed`` decides.
    """

    diversity: float = 0.0
    explore: float = 0.0
    seed: str = ""


PLAIN = Taste()
"""The best items, and nothing else."""


def candidates_of(told: Sequence[Sequence[Any]], rules: Sequence[BoundRule]) -> list[Candidate]:
    """Return candidates from what a statement tells of each: id, title, score, and what rules asked for."""
    found = []
    for item_id, title, score, *more in told:
        values = iter(more)
        of_rules = tuple(_of_rule(rule, [next(values) for _ in rule.conditions]) for rule in rules)
        found.append(Candidate(ScoredItem(item_id, title, float(score)), of_rules))
    return found


def select(
    pool: Sequence[Candidate], k: int, rules: Sequence[BoundRule], first: Sequence[Candidate] = (), taste: Taste = PLAIN
) -> Selection:
    """Take ``k`` items of a pool, after those that come ``first`` whatever their score."""
    ids = {one.item.id for one in first}
    in_order, left_out = _in_order([one for one in pool if one.item.id not in ids], k, rules)
    found, caps = Selection([], left_out, taste.seed if taste.explore else None), _Caps(rules)
    marginal = _marginal(in_order, taste.diversity)
    chance = Random(taste.seed)  # noqa: S311 - drawn so that it can be drawn again
    waiting, remaining = list(first), dict(enumerate(in_order))
    while len(found.items) < k and (waiting or remaining):
        if waiting:
            place, candidate = None, waiting.pop(0)
        else:
            place = next(iter(remaining)) if marginal is None else marginal.best(remaining)
            candidate = remaining[place]
        if (rule := caps.full(candidate)) is not None:
            found.left_out.append(LeftOut(candidate.item.id, rule))
            if place is not None:
                del remaining[place]
            continue
        item = candidate.item
        if place is not None:
            if taste.explore:
                open_ = [other for other, of in remaining.items() if caps.full(of) is None]
                drawn = open_[chance.randrange(len(open_))] if chance.random() < taste.explore else place
                likely = taste.explore / len(open_) + (1 - taste.explore if drawn == place else 0)
                place, candidate = drawn, remaining[drawn]
                item = replace(candidate.item, propensity=likely)
            del remaining[place]
        caps.take(candidate)
        if marginal is not None and candidate.vector is not None:
            marginal.take(candidate.vector)
        found.items.append(item)
    return found


def _marginal(in_order: Sequence[Candidate], diversity: float) -> Marginal | None:
    """Return the worth of candidates: a place has the score that stood there before boosts moved items."""
    if not diversity or not in_order:
        return None
    vectors = [one.vector for one in in_order if one.vector is not None]
    scores = sorted((one.item.score for one in in_order), reverse=True)
    return Marginal(np.stack(vectors), scores, diversity)


class _Caps:
    """How many items were taken of each group that a cap counts."""

    def __init__(self, rules: Sequence[BoundRule]) -> None:
        self._caps = [(number, bound.rule.name, bound.rule.cap) for number, bound in enumerate(rules) if bound.rule.cap]
        self._taken = Counter[tuple[int, Any]]()

    def full(self, candidate: Candidate) -> str | None:
        """Return the name of a rule that lets no more in like this one, None if there is none."""
        for number, name, cap in self._caps:
            if any(self._taken[number, group] >= cap for group in candidate.of_rules[number]):
                return name
        return None

    def take(self, candidate: Candidate) -> None:
        self._taken.update((number, group) for number, _, _ in self._caps for group in candidate.of_rules[number])


def _in_order(pool: Sequence[Candidate], k: int, rules: Sequence[BoundRule]) -> tuple[list[Candidate], list[LeftOut]]:
    """Return candidates in the order that boosts give them, without those blocked; and the blocked ones of the first ``k``."""
    placed: list[tuple[int, int, int, Candidate]] = []
    left_out: list[LeftOut] = []
    for place, candidate in enumerate(pool):
        met = [bound.rule for bound, of_rule in zip(rules, candidate.of_rules, strict=True) if of_rule]
        blocks = [rule for rule in met if rule.block is not None]
        boosts = [rule for rule in met if rule.boost is not None]
        if not blocks:
            named = replace(candidate.item, rules=tuple(rule.name for rule in boosts))
            places = sum(rule.boost or 0 for rule in boosts)
            placed.append((len(placed) - places, -places, place, replace(candidate, item=named)))
        elif place < k:
            left_out.append(LeftOut(candidate.item.id, blocks[0].name))
    return [candidate for *_, candidate in sorted(placed, key=lambda one: one[:3])], left_out


def _of_rule(bound: BoundRule, values: list[Any]) -> Any:
    if bound.rule.cap is not None:
        return tuple(dict.fromkeys(value for value in values[0] or () if value is not None))
    return bool(values) and all(value is True for value in values)
