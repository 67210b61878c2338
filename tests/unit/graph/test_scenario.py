"""Scenarios as they are declared: which are known, of which domains, and what a release must have for them."""

import pytest
from pydantic import ValidationError

from graph.errors import NotFoundError, QuestionError, ReleaseError, SchemaError
from graph.scenario import Scenario, asked_scenario, predictors_for
from tests.small_graphs import goods_and_articles
from tests.unit.graph.test_task_vectors import predictor

SCHEMA = goods_and_articles().schema
SHOP = {"shop": Scenario(domains=("Item",), weights={"ranking": 1, "click": 0.5})}
LABELS = ["Item", "Article"]


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"weights": {}}, "at least 1"),
        ({}, "Field required"),
        ({"weights": {"clicks": 1}}, "Input should be 'ranking', 'click', 'conversion' or 'rating'"),
        ({"weights": {"click": 0}}, "greater than 0"),
        ({"weights": {"click": -1}}, "greater than 0"),
        ({"weights": {"click": "inf"}}, "finite"),
        ({"weights": {"click": 1}, "domain": "Item"}, "Extra inputs"),
    ],
)
def test_what_is_no_scenario_is_refused_with_what_is_expected(told, why):
    with pytest.raises(ValidationError, match=why):
        Scenario.model_validate(told)


def test_a_question_is_of_the_first_domain_of_a_scenario_or_one_that_it_has():
    shop, both = asked_scenario("shop", SHOP, SCHEMA), asked_scenario("all", {"all": Scenario(weights={"rating": 1})}, SCHEMA)
    assert (shop.domain(None), both.domain(None), both.domain("Article")) == ("Item", "Item", "Article")
    assert (shop.tasks, both.tasks) == (("click",), ("rating",))
    with pytest.raises(QuestionError, match=r"the scenario 'shop' is of \['Item'\]; got the domain 'Article'"):
        shop.domain("Article")


def test_what_is_not_declared_or_not_in_the_graph_is_told_of():
    with pytest.raises(NotFoundError, match=r"no scenario 'ads'; \[ask.scenarios\] of hopline.toml declares \['shop'\]"):
        asked_scenario("ads", SHOP, SCHEMA)
    with pytest.raises(SchemaError, match=r"the scenario 'x' of \[ask.scenarios\]: there is no domain 'Film'"):
        asked_scenario("x", {"x": Scenario(domains=("Film",), weights={"click": 1})}, SCHEMA)


def test_a_release_has_what_scenarios_weigh_and_nothing_else():
    learnt = {"click": {"Item": predictor(), "Article": predictor()}, "rating": {"Item": predictor()}}
    assert predictors_for({}, SCHEMA, learnt, LABELS) == {}
    found = predictors_for(SHOP, SCHEMA, learnt, LABELS)
    assert {task: list(of) for task, of in found.items()} == {"click": ["Item"]}
    everywhere = {"a": Scenario(weights={"click": 1, "ranking": 2}), "b": Scenario(domains=("Item",), weights={"rating": 1})}
    found = predictors_for(everywhere, SCHEMA, learnt, LABELS)
    assert {task: list(of) for task, of in found.items()} == {"click": ["Item", "Article"], "rating": ["Item"]}
    assert list(predictors_for(everywhere, SCHEMA, learnt, ["Item"])["click"]) == ["Item"]  # nothing of articles is published


def test_a_task_that_was_not_learnt_is_asked_for_in_vain():
    with pytest.raises(ReleaseError, match=r"weighs the task 'click', which this model did not learn; .* \[tasks.click\]"):
        predictors_for(SHOP, SCHEMA, {"rating": {}}, LABELS)
    everywhere = {"all": Scenario(weights={"rating": 1})}
    with pytest.raises(ReleaseError, match=r"'rating', which was learnt of \['Item'\] and not of 'Article'; name its domains"):
        predictors_for(everywhere, SCHEMA, {"rating": {"Item": predictor()}}, LABELS)
