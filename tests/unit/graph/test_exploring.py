"""An answer that explores can be drawn again, and tells how likely each item was to be at its place."""

from collections import Counter

import numpy as np
import pytest

from graph.answers import ScoredItem
from graph.ask_config import AskConfig
from graph.choice import choice_of
from graph.errors import QuestionError
from graph.rules import BoundRule, Rule
from graph.selection import Candidate, Taste, select
from tests.small_releases import SCHEMA

POOL = [Candidate(ScoredItem(place, None, 10.0 - place)) for place in range(8)]


def drawn(k=3, explore=0.4, seeds=4_000, pool=POOL, rules=(), first=()):
    return [select(pool, k, rules, first, Taste(explore=explore, seed=str(seed))).items for seed in range(seeds)]


def test_the_same_seed_draws_the_same_and_another_others():
    one, again, other = (select(POOL, 5, (), taste=Taste(explore=0.9, seed=seed)).items for seed in ("a", "a", "b"))
    assert one == again
    assert one != other


def test_without_exploring_nothing_is_drawn_and_nothing_told():
    chosen = select(POOL, 3, (), taste=Taste(seed="a"))
    assert [(item.id, item.propensity) for item in chosen.items] == [(0, None), (1, None), (2, None)]
    assert chosen.seed is None


def test_an_item_comes_first_as_often_as_its_propensity_says():
    answers = drawn()
    counted = Counter(items[0].id for items in answers)
    told = {items[0].id: items[0].propensity for items in answers}
    assert told[0] == pytest.approx(0.6 + 0.4 / 8)
    assert told[5] == pytest.approx(0.4 / 8)
    for place in range(8):
        assert counted[place] / len(answers) == pytest.approx(told[place], abs=0.03)


def test_weighing_by_propensity_gives_what_a_uniform_policy_would_see():
    worth = np.arange(8.0)
    seen = [worth[items[0].id] / (8 * items[0].propensity) for items in drawn()]
    assert np.mean(seen) == pytest.approx(worth.mean(), abs=0.25)


def test_at_one_all_candidates_are_as_likely_and_none_comes_twice():
    for items in drawn(explore=1.0, seeds=200, k=8):
        assert {item.id for item in items} == set(range(8))
        assert [item.propensity for item in items] == pytest.approx([1 / left for left in range(8, 0, -1)])


def test_rules_hold_and_only_what_they_let_in_counts():
    rule = BoundRule(Rule(name="one", cap=1, by="kind"))
    pool = [Candidate(one.item, ((one.item.id % 2,),)) for one in POOL]
    for items in drawn(k=2, explore=1.0, seeds=100, pool=pool, rules=(rule,)):
        assert len({item.id % 2 for item in items}) == 2
        assert [item.propensity for item in items] == pytest.approx([1 / 8, 1 / 4])


def test_what_is_pinned_is_not_drawn():
    for items in drawn(k=2, explore=1.0, seeds=50, first=[POOL[7]]):
        assert (items[0].id, items[0].propensity) == (7, None)
        assert items[1].propensity == pytest.approx(1 / 7)


def test_a_question_without_a_seed_has_one_of_its_own():
    one, other = (choice_of(AskConfig(explore=0.1), SCHEMA).taste.seed for _ in range(2))
    assert one != other
    assert choice_of(AskConfig(), SCHEMA, explore=0.1, seed=7).taste == Taste(explore=0.1, seed="7")
    with pytest.raises(QuestionError, match="got a share to explore of 2; expected 0"):
        choice_of(AskConfig(), SCHEMA, explore=2)
