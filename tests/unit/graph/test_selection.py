"""Rules change the model's order in the way that each says, and tell so."""

import pytest
from pydantic import ValidationError

from graph.answers import LeftOut
from graph.errors import SchemaError
from graph.filters import Condition, FilterType
from graph.rules import BoundRule, Rule, bind_rules
from graph.selection import candidates_of, select
from tests.small_releases import SCHEMA

FLAG = (Condition(None, None, by_index=False),)


def bound(**rule):
    return BoundRule(Rule(**rule), FLAG if "pin" not in rule else ())


def pool(rules, *told):
    """Candidates named by their place, and what each tells to the rules."""
    return candidates_of([[f"i{place}", None, 10.0 - place, *of] for place, of in enumerate(told)], rules)


def ids(found):
    return [item.id for item in found.items]


def test_without_rules_the_order_is_the_models():
    assert ids(select(pool((), [], [], []), 2, ())) == ["i0", "i1"]


def test_what_is_blocked_is_left_out_and_told_with_the_rule():
    rules = (bound(name="sold out", block={"in_stock": False}),)
    found = select(pool(rules, [True], [False], [None], [True]), 3, rules)
    assert ids(found) == ["i1", "i2"]
    assert found.left_out == [LeftOut("i0", "sold out")]


def test_a_boost_moves_by_places_up_or_down_and_is_told():
    rules = (bound(name="ours", boost=2, where={"brand": "x"}), bound(name="old", boost=-1, where={"old": True}))
    found = select(pool(rules, [None, True], [None, None], [None, None], [True, None]), 4, rules)
    assert ids(found) == ["i3", "i1", "i0", "i2"]
    assert [item.rules for item in found.items] == [("ours",), (), ("old",), ()]


def test_a_cap_lets_in_so_many_of_each_value_of_one_that_has_several_each_counts():
    rules = (bound(name="variety", cap=1, by="genre"),)
    found = select(pool(rules, [["a", "b"]], [["b"]], [["c", "c"]], [None], [["c"]], [["d"]]), 4, rules)
    assert ids(found) == ["i0", "i2", "i3", "i5"]
    assert found.left_out == [LeftOut("i1", "variety"), LeftOut("i4", "variety")]


def test_what_comes_first_counts_for_caps_and_comes_once():
    rules = (bound(name="variety", cap=1, by="genre"),)
    candidates = pool(rules, [["a"]], [["b"]], [["a"]])
    assert ids(select(candidates, 3, rules, first=[candidates[2]])) == ["i2", "i1"]


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ({"name": "x"}, "has none of block, boost, pin and cap"),
        ({"name": "x", "block": {"a": 1}, "pin": ["i1"]}, r"\['block', 'pin'\]"),
        ({"name": "x", "boost": 3}, "expected `where` with a boost"),
        ({"name": "x", "cap": 3}, "expected `by` with a cap"),
        ({"name": "x", "pin": ["i1"], "where": {"a": 1}}, "expected `where` with a boost"),
    ],
)
def test_a_rule_that_says_nothing_or_too_much_is_refused(rule, told):
    with pytest.raises(SchemaError, match=told):
        Rule(**rule)


@pytest.mark.parametrize(
    "rule",
    [
        {"name": "", "pin": ["i1"]},
        {"name": "x", "pin": []},
        {"name": "x", "block": {}},
        {"name": "x", "cap": 0, "by": "a"},
        {"name": "x", "boost": 1_001, "where": {"a": 1}},
        {"name": "x", "bloc": {"a": 1}},
    ],
)
def test_values_out_of_bounds_are_refused(rule):
    with pytest.raises(ValidationError):
        Rule(**rule)


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ({"block": {"size": 1}}, r"the rule 'x' of \[\[ask.rules\]\]: cannot filter by 'size'"),
        ({"boost": 1, "where": {"price": "cheap"}}, "got a str; expected a number"),
        ({"cap": 1, "by": "size"}, r"caps by 'size'; expected one of \['price'\]"),
        ({"pin": ["i1"], "domain": "Film"}, "there is no domain 'Film'"),
    ],
)
def test_a_rule_of_what_was_not_declared_is_refused(rule, told):
    with pytest.raises(SchemaError, match=told):
        bind_rules([Rule(name="x", **rule)], {"price": FilterType.NUMBER}, SCHEMA)
