"""The items of an answer out of a pool of candidates: what rules leave of the model's order.

Candidates come with the best first. Those that a rule blocks are taken out, those that one boosts move by a number of places,
and of the rest each in turn is taken that no cap keeps out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from graph.answers import LeftOut, ScoredItem
from graph.rules import BoundRule


@dataclass(frozen=True)
class Candidate:
    """An item that may be in an answer; ``of_rules`` tells of each rule whether it is about it, or what a cap counts it by."""

    item: ScoredItem
    of_rules: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Selection:
    """The items that were taken, the best first, and those that a rule left out though they were as good."""

    items: list[ScoredItem]
    left_out: list[LeftOut]


def candidates_of(told: Sequence[Sequence[Any]], rules: Sequence[BoundRule]) -> list[Candidate]:
    """Return candidates from what a statement tells of each: id, title, score, and then what rules asked for."""
    found = []
    for item_id, title, score, *more in told:
        values = iter(more)
        of_rules = tuple(_of_rule(rule, [next(values) for _ in rule.conditions]) for rule in rules)
        found.append(Candidate(ScoredItem(item_id, title, float(score)), of_rules))
    return found


def select(pool: Sequence[Candidate], k: int, rules: Sequence[BoundRule], first: Sequence[Candidate] = ()) -> Selection:
    """Take ``k`` items of a pool, after those that come ``first`` whatever their score."""
    ids = {one.item.id for one in first}
    in_order, left_out = _in_order([one for one in pool if one.item.id not in ids], k, rules)
    found, taken = Selection([], left_out), Counter[tuple[int, Any]]()
    for candidate in (*first, *in_order):
        if len(found.items) == k:
            break
        groups = [
            (number, group)
            for number, (bound, of_rule) in enumerate(zip(rules, candidate.of_rules, strict=True))
            if bound.rule.cap is not None
            for group in of_rule
        ]
        full = next((number for number, group in groups if taken[number, group] >= (rules[number].rule.cap or 0)), None)
        if full is None:
            taken.update(groups)
            found.items.append(candidate.item)
        else:
            found.left_out.append(LeftOut(candidate.item.id, rules[full].rule.name))
    return found


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
