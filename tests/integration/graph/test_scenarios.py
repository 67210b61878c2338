"""Scenarios order what is asked for by what their tasks tell of a user and each candidate, as exact figures say."""

from dataclasses import replace

import numpy as np
import pytest

from graph.ask_config import AskConfig
from graph.blend import LEAST_POOL
from graph.choice import choice_of
from graph.database import Database
from graph.errors import NotFoundError, QuestionError
from graph.neighbours import SimilarItems, nearest_by_cosine
from graph.pair_predictor import PairPredictor
from graph.publish import publish
from graph.recommend import recommend
from graph.rerank import rerank
from tests.integration.graph.test_fold_in import SIZE, met_vectors
from tests.integration.graph.test_task_vectors import telling
from tests.small_releases import SCHEMA, best, make_draft, pasted, rows, write_graph

pytestmark = pytest.mark.integration
ITEMS = 300
MET = [("u1", "i2"), ("u1", "i3")]
WEIGHTS = {
    "shop": {"ranking": 1.0, "click": 0.5, "rating": 0.2},
    "ads": {"click": 1.0},
    "plain": {"ranking": 3.0},
    "buy": {"conversion": 1.0},
}


@pytest.fixture(params=["SEARCH", "queryNodes"])
def path(request, monkeypatch):
    if request.param == "queryNodes":
        monkeypatch.setattr(Database, "supports_search", False)
    return request.param


def make(**changed):
    return telling(make_draft(num_items=ITEMS, **changed))


@pytest.fixture
def draft(database):
    draft = make()
    write_graph(database, draft, MET)
    return draft


def asking(scenario, filter=None, **more):
    declared = {name: {"weights": weights} for name, weights in WEIGHTS.items()}
    return choice_of(AskConfig(scenarios=declared, **more), SCHEMA, filter, scenario=scenario)


def ids(found):
    return [item.id for item in found.items]


def ordered(draft, row, scenario, pool, scores):
    """A pool of items in the order of a scenario, their sums, and what these are of: by the formula, from exact figures."""
    places = np.array([int(item[1:]) for item in pool])
    figures = {"ranking": np.asarray(scores, np.float64)} | {
        task: by_label["Item"].predict(np.full(len(pool), row), places) for task, by_label in draft.predictors.items()
    }
    spread = {task: (of - of.mean()) / of.std() for task, of in figures.items()}
    total = sum(weight * spread[task] for task, weight in WEIGHTS[scenario].items())
    order = np.argsort(-total, kind="stable")
    told = [{task: figures[task][place] for task in WEIGHTS[scenario]} for place in order]
    return [pool[place] for place in order], total[order], told


@pytest.mark.parametrize("scenario", ["shop", "ads"])
def test_the_best_candidates_are_in_the_order_of_the_weighted_sum_and_tell_what_it_is_of(database, draft, path, scenario):
    publish(database, SCHEMA, draft)
    found = recommend(database, SCHEMA, "u1", 8, choice=asking(scenario))
    wanted, sums, told = ordered(draft, 1, scenario, *best(draft, 1, LEAST_POOL, {"i2", "i3"}))
    assert ids(found) == wanted[:8]
    assert [item.score for item in found.items] == pytest.approx(sums[:8], abs=0.02)
    for item, parts in zip(found.items, told, strict=False):
        assert list(item.scores) == list(WEIGHTS[scenario])
        assert item.scores == pytest.approx(parts, abs=3e-3)
    assert (found.scenario, found.by_model, path in found.statement) == (scenario, True, True)
    assert {id_ for id_, *_ in pasted(database, found)} == set(wanted)


def test_the_ranking_alone_is_the_order_without_a_scenario(database, draft):
    publish(database, SCHEMA, draft)
    plain = recommend(database, SCHEMA, "u1", 10)
    found = recommend(database, SCHEMA, "u1", 10, choice=asking("plain"))
    assert ids(found) == ids(plain)
    assert [item.scores["ranking"] for item in found.items] == pytest.approx([item.score for item in plain.items])
    assert (plain.scenario, plain.items[0].scores) == (None, {})


def test_a_long_answer_is_of_more_candidates(database, draft):
    publish(database, SCHEMA, draft)
    found = recommend(database, SCHEMA, "u1", 40, choice=asking("ads"))
    assert ids(found) == ordered(draft, 1, "ads", *best(draft, 1, 200, {"i2", "i3"}))[0][:40]


@pytest.mark.parametrize("met", [None, met_vectors(items=ITEMS)], ids=["no student", "a student"])
def test_whom_the_release_does_not_know_gets_the_plain_order_and_it_is_said(database, met):
    draft = make(met=met)
    write_graph(database, draft, MET)
    publish(database, SCHEMA, draft)
    rows(database, "MATCH (i:Item {id: 'i7'}) CREATE (:User {id: 'late'})-[:RATED {value: 4.0}]->(i)")
    for user in ("nobody", "late"):
        found = recommend(database, SCHEMA, user, 5, choice=asking("shop"))
        assert found == replace(recommend(database, SCHEMA, user, 5), read=found.read)
        assert (found.scenario, found.by_model) == (None, met is not None and user == "late")
        assert all(item.scores == {} for item in found.items)


def test_who_did_something_since_has_the_candidates_of_now_in_an_order_by_what_was_learnt(database):
    draft = make(met=met_vectors(items=ITEMS), known=np.array([2 * (user == 1) for user in range(8)]))
    write_graph(database, draft, MET)
    publish(database, SCHEMA, draft)
    rows(database, "MATCH (u:User {id: 'u1'}), (i:Item {id: 'i9'}) CREATE (u)-[:RATED {value: 4.0}]->(i)")
    plain = recommend(database, SCHEMA, "u1", LEAST_POOL)
    found = recommend(database, SCHEMA, "u1", 10, choice=asking("shop"))
    assert ids(found) == ordered(draft, 1, "shop", ids(plain), [item.score for item in plain.items])[0][:10]
    assert (found.num_events, found.scenario, "i9" in ids(plain)) == (1, "shop", False)
    alone = recommend(database, SCHEMA, "u1", 10, choice=asking("plain"))  # weighs nothing that nodes have
    assert (ids(alone), alone.scenario) == (ids(plain)[:10], "plain")
    assert draft.users.vectors.shape[1] == SIZE


def test_of_an_item_of_which_a_task_tells_nothing_the_others_decide(database):
    draft = make()
    stays = np.arange(ITEMS) % 3 != 0
    order = np.argsort(~stays, kind="stable")  # those of which nothing is told come last
    (items,) = draft.items
    moved = replace(items, ids=items.ids[order], vectors=items.vectors[order])
    everyone = np.ones(8, np.bool_)
    click = draft.predictors["click"]["Item"].among(everyone, stays, int((~stays).sum()))
    draft = replace(draft, items=(moved,), predictors={"click": {"Item": click}})
    write_graph(database, draft)
    publish(database, SCHEMA, draft)
    found = recommend(database, SCHEMA, "u2", 100, choice=asking("ads"))
    told = {item.id: item.scores for item in found.items}
    assert all(("click" in scores) == (int(item_id[1:]) % 3 != 0) for item_id, scores in told.items())
    assert {item.score for item in found.items if not item.scores} == {0.0}
    assert 0 < sum(not scores for scores in told.values()) < 100


def test_rules_diversity_and_chance_work_on_the_order_of_the_scenario(database, draft):
    rows(database, "MATCH (i:Item) SET i.kind = 'k' + toString(toInteger(substring(i.id, 1)) % 4)")
    publish(database, SCHEMA, draft)
    rules = (
        {"name": "no k1", "block": {"kind": "k1"}},
        {"name": "first", "pin": ["i8"]},
        {"name": "two of a kind", "cap": 2, "by": "kind"},
    )
    found = recommend(database, SCHEMA, "u1", 6, choice=asking("shop", filters={"kind": "text"}, rules=rules))
    wanted, _, _ = ordered(draft, 1, "shop", *best(draft, 1, LEAST_POOL, {"i2", "i3"}))
    kinds, left = {0: 1}, []
    for number in (int(item[1:]) for item in wanted if item != "i8"):
        if number % 4 != 1 and kinds.get(number % 4, 0) < 2:
            kinds[number % 4] = kinds.get(number % 4, 0) + 1
            left.append(f"i{number}")
    assert ids(found) == ["i8", *left][:6]
    assert found.items[0].scores.keys() == WEIGHTS["shop"].keys()
    diverse = recommend(database, SCHEMA, "u1", 6, choice=asking("shop", diversity=0.5))
    assert (diverse.scenario, ids(diverse)[0], set(ids(diverse)) <= set(wanted)) == ("shop", wanted[0], True)
    drawn = recommend(database, SCHEMA, "u1", 6, choice=asking("shop", explore=1.0))
    assert all(item.propensity == pytest.approx(1 / (LEAST_POOL - place)) for place, item in enumerate(drawn.items))


def test_what_both_retrievers_find_is_ordered_too(database, path):
    draft = make()
    near = nearest_by_cosine(draft.items[0].vectors, 5)
    draft = replace(draft, similar=SimilarItems("cosine", (near,)))
    write_graph(database, draft, MET)
    publish(database, SCHEMA, draft)
    both = replace(asking("ads"), retrieve="vectors+similar")
    plain = recommend(database, SCHEMA, "u1", LEAST_POOL, choice=replace(both, scenario=None))
    found = recommend(database, SCHEMA, "u1", 10, choice=both)
    assert ids(found) == ordered(draft, 1, "ads", ids(plain), [item.score for item in plain.items])[0][:10]
    assert all(item.found_by for item in found.items)


def test_given_items_are_put_in_the_order_of_a_scenario(database, draft):
    publish(database, SCHEMA, draft)
    given = [f"i{number}" for number in range(2, 62, 5)]
    plain = {item.id: item.score for item in rerank(database, SCHEMA, "u1", given).items}
    found = rerank(database, SCHEMA, "u1", [*given, "nothing"], 4, choice=asking("shop"))
    wanted, sums, told = ordered(draft, 1, "shop", given, [plain[item] for item in given])
    assert (ids(found), found.scenario) == (wanted[:4], "shop")
    assert [item.score for item in found.items] == pytest.approx(sums[:4], abs=0.02)
    assert found.items[0].scores == pytest.approx(told[0], abs=3e-3)


def test_one_candidate_and_candidates_alike_are_in_some_order(database, draft):
    alike = draft.predictors["click"]["Item"].factors[0]
    alike = replace(alike, items=np.ones_like(alike.items))
    draft = replace(draft, predictors={"click": {"Item": PairPredictor((alike,))}})
    publish(database, SCHEMA, draft)
    assert ids(rerank(database, SCHEMA, "u1", ["i4"], choice=asking("ads"))) == ["i4"]
    found = recommend(database, SCHEMA, "u1", 5, choice=asking("ads"))
    assert (ids(found), {item.score for item in found.items}) == (best(draft, 1, 5, {"i2", "i3"})[0], {0.0})


def test_what_a_release_does_not_have_is_told_of(database, draft):
    publish(database, SCHEMA, draft)
    for ask in (
        lambda: recommend(database, SCHEMA, "u1", choice=asking("buy")),
        lambda: rerank(database, SCHEMA, "u1", ["i1"], choice=asking("buy")),
    ):
        with pytest.raises(
            NotFoundError, match="release 1 does not have what the task 'conversion' tells of Item; it has click"
        ):
            ask()
    with pytest.raises(QuestionError, match=r"the scenario 'shop' is of \['Item'\]; got the domain 'User'"):
        recommend(database, SCHEMA, "u1", 5, "User", choice=asking("shop"))
