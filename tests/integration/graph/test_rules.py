"""Rules hold in answers of every kind, and what they did is told."""

import pytest

import graph.chosen
from graph.answers import LeftOut
from graph.ask_config import AskConfig
from graph.choice import choice_of
from graph.database import Database
from graph.publish import publish
from graph.recommend import recommend
from graph.session import session
from graph.similar import similar
from tests.small_releases import SCHEMA, best, make_draft, pasted, rows, write_graph

pytestmark = pytest.mark.integration
MET = [("u1", "i2"), ("u1", "i3")]
FILTERS = {"price": "number", "kind": "text", "tags": "list"}


@pytest.fixture(params=["SEARCH", "queryNodes"])
def path(request, monkeypatch):
    if request.param == "queryNodes":
        monkeypatch.setattr(Database, "supports_search", False)
    return request.param


@pytest.fixture
def draft(database, path):
    """Items whose price is their number, of four kinds in turn."""
    draft = make_draft(num_items=200)
    write_graph(database, draft, MET)
    rows(
        database,
        "MATCH (i:Item) WITH i, toInteger(substring(i.id, 1)) AS n "
        "SET i.price = n, i.kind = 'k' + toString(n % 4), i.tags = ['t' + toString(n % 10)]",
    )
    publish(database, SCHEMA, draft)
    return draft


def choice(*rules, filter=None):
    return choice_of(AskConfig(filters=FILTERS, rules=rules), SCHEMA, filter)


def ids(found):
    return [item.id for item in found.items]


def numbers(found):
    return [int(item.id[1:]) for item in found.items]


def test_what_is_blocked_is_in_no_answer_and_told(database, draft):
    wanted = choice({"name": "no k1", "block": {"kind": "k1", "price": {"at_least": 20}}})
    blocked = {f"i{n}" for n in range(20, 200) if n % 4 == 1}
    found = recommend(database, SCHEMA, "u1", 10, choice=wanted)
    assert ids(found) == best(draft, 1, 10, {"i2", "i3", *blocked})[0]
    plain = ids(recommend(database, SCHEMA, "u1", 10))
    assert found.left_out == [LeftOut(item, "no k1") for item in plain if item in blocked]
    assert not blocked & set(ids(similar(database, SCHEMA, "i0", 50, choice=wanted)))
    for popular in (
        recommend(database, SCHEMA, "nobody", 30, choice=wanted),
        session(database, SCHEMA, ["i0"], 30, choice=wanted),
    ):
        assert (popular.by_model, len(popular.items)) == (False, 30)
        assert not blocked & set(ids(popular))


@pytest.mark.parametrize("most", [0, 1_000])
def test_where_nearly_all_is_blocked_the_rest_fills_the_answer(database, draft, most, monkeypatch):
    monkeypatch.setattr(graph.chosen, "MOST_POOLED", most)
    found = recommend(database, SCHEMA, "u1", 10, choice=choice({"name": "dear", "block": {"price": {"at_least": 12}}}))
    assert ids(found) == best(draft, 1, 10, {"i2", "i3", *(f"i{n}" for n in range(12, 200))})[0]


def test_a_boost_moves_by_places(database, draft):
    plain = ids(recommend(database, SCHEMA, "u0", 40))
    ninth, thirtieth = plain[8], plain[29]
    for moved, places, wanted in ((ninth, 5, 3), (thirtieth, 25, 4), (plain[0], -3, 3)):
        found = recommend(
            database, SCHEMA, "u0", 10, choice=choice({"name": "ours", "boost": places, "where": {"price": int(moved[1:])}})
        )
        assert ids(found).index(moved) == wanted
        assert [item.rules for item in found.items if item.id == moved] == [("ours",)]
        rest = [item for item in plain if item != moved]
        assert [item for item in ids(found) if item != moved] == rest[:9]


def test_a_cap_counts_by_property_or_list_and_the_answer_is_still_full(database, draft):
    wanted = choice({"name": "kinds", "cap": 2, "by": "kind"}, {"name": "tags", "cap": 1, "by": "tags"})
    for found in (recommend(database, SCHEMA, "u0", 6, choice=wanted), similar(database, SCHEMA, "i0", 6, choice=wanted)):
        assert len(found.items) == 6
        assert max([n % 4 for n in numbers(found)].count(kind) for kind in range(4)) <= 2
        assert len({n % 10 for n in numbers(found)}) == 6
        assert {one.rule for one in found.left_out} <= {"kinds", "tags"}


def test_what_is_pinned_comes_first_unless_met_blocked_or_not_asked_for(database, draft):
    pin = {"name": "campaign", "pin": ["i7", "i2", "i11", 13, "none such", "i9"]}
    block = {"name": "no 9", "block": {"price": 9}}
    found = recommend(database, SCHEMA, "u1", 6, choice=choice(pin, block))
    assert ids(found)[:2] == ["i7", "i11"]
    assert [item.rules for item in found.items] == [("campaign",)] * 2 + [()] * 4
    assert "i9" not in ids(found)
    scores = dict(zip(*best(draft, 1, 200), strict=True))
    assert [item.score for item in found.items] == pytest.approx([scores[item] for item in ids(found)], rel=1e-3, abs=1e-3)
    assert len(set(ids(found))) == 6
    assert ids(recommend(database, SCHEMA, "u1", 2, choice=choice(pin, block, filter={"price": {"at_least": 10}})))[0] == "i11"
    assert ids(recommend(database, SCHEMA, "nobody", 2, choice=choice(pin, block))) == ["i7", "i2"]
    assert ids(recommend(database, SCHEMA, "u0", 1, choice=choice(pin))) == ["i7"]
    assert "i7" not in ids(similar(database, SCHEMA, "i0", 1, choice=choice(pin)))


def test_a_rule_of_another_domain_does_nothing(database, draft):
    wanted = choice({"name": "no k1", "block": {"kind": "k1"}, "domain": "Item"})
    assert all(n % 4 != 1 for n in numbers(recommend(database, SCHEMA, "u1", 10, choice=wanted)))


def test_the_statement_pasted_tells_of_the_same_candidates(database, draft):
    found = recommend(database, SCHEMA, "u1", 5, choice=choice({"name": "no k1", "block": {"kind": "k1"}}))
    told = pasted(database, found)
    assert [item for item, _, _, is_blocked in told if not is_blocked][:5] == ids(found)
