"""Scenarios from training to an answer: what its parts say is what `hopline predict` says, and what is missing is told of."""

import json

import pytest

from hopline import Recommender
from hopline.errors import ConfigError, NotFoundError, QuestionError, ReleaseError, SchemaError
from tests.small_files import TOML
from tests.small_releases import rows

pytestmark = pytest.mark.integration
TASKS = "\n[tasks.click]\n[tasks.rating]\nsize = 4\n"
SCENARIOS = """
[ask.scenarios.watch]
domains = ["Item"]
weights = {ranking = 1.0, rating = 0.5, click = 0.25}
[ask.scenarios.ads]
weights = {click = 1.0}
"""


def written(workplace, text):
    (workplace / "hopline.toml").write_text(TOML + text)
    return Recommender.from_config()


@pytest.fixture
def serving(workplace):
    with written(workplace, TASKS + SCENARIOS) as recommender:
        recommender.load("films")
        recommender.compile(train={"epochs": 3}).fit()
        recommender.publish()
        yield recommender


def foretold(recommender, user, items, task):
    found = recommender.predict([(user, item) for item in items], task)
    return found[{"click": "probability", "rating": "value"}[task]].to_list()


def test_an_answer_tells_of_each_item_what_predict_tells_of_the_pair(serving, hopline):
    for user in ("u1", "u14"):
        found = serving.recommend(user, 5, scenario="watch")
        assert (found.scenario, found.domain, len(found.items)) == ("watch", "Item", 5)
        ids = [item.id for item in found.items]
        for task in ("click", "rating"):
            assert [item.scores[task] for item in found.items] == pytest.approx(foretold(serving, user, ids, task), abs=2e-3)
        by_model = {item.id: item.score for item in serving.recommend(user, 24).items}
        assert [item.scores["ranking"] for item in found.items] == pytest.approx([by_model[item] for item in ids], rel=1e-4)
    probability = [item.scores["click"] for item in serving.recommend("u1", 24, scenario="ads").items]
    assert probability == sorted(probability, reverse=True)
    given = ["f0", "f1", "f2", "f3"]
    ranked = serving.rerank("u1", given, scenario="ads")
    likely = dict(zip(given, foretold(serving, "u1", given, "click"), strict=True))
    assert [item.id for item in ranked.items] == sorted(given, key=lambda item: -likely[item])

    status, out, _ = hopline("recommend", "--user", "u1", "--scenario", "ads", "--json")
    told = json.loads(out)
    assert (status, told["scenario"], list(told["items"][0]["scores"])) == (0, "ads", ["click"])
    status, out, _ = hopline("recommend", "--user", "u1", "-s", "watch", "--k", 3)
    assert status == 0
    assert "in the order of watch" in out
    assert "rating" in out
    status, out, _ = hopline("scenarios", "--json")
    listed = json.loads(out)
    assert (status, listed["version"], [one["name"] for one in listed["scenarios"]]) == (0, 1, ["watch", "ads"])
    assert listed["scenarios"][0]["weights"] == {"ranking": 1.0, "rating": 0.5, "click": 0.25}
    assert [one["lacks"] for one in listed["scenarios"]] == [[], []]


def test_items_that_came_since_are_in_the_order_though_no_task_tells_of_them(serving):
    stays = [item.id for item in serving.recommend("u1", 24).items]
    came = {"user": "u2", "item": "new", "behaviour": "impression", "time": 1_750_000_000}
    serving.ingest([came | {"facts": [{"relation": "DIRECTED_BY", "entity": "director 0"}]}])
    released = serving.learn()
    assert [(one.task, one.label) for one in serving.active_release().tasks] == [("rating", "Item"), ("click", "Item")]
    assert released.version == 2
    found = serving.recommend("u1", 24, scenario="watch")
    told = {item.id: set(item.scores) for item in found.items}
    assert told == {item: {"ranking", "rating", "click"} for item in stays} | {"new": {"ranking"}}


def test_what_was_not_learnt_or_not_published_or_not_declared_is_told_of(serving, workplace, hopline):
    with pytest.raises(NotFoundError, match=r"no scenario 'buy'; \[ask.scenarios\] .* declares \['ads', 'watch'\]"):
        serving.recommend("u1", scenario="buy")
    with pytest.raises(QuestionError, match=r"the scenario 'watch' is of \['Item'\]; got the domain 'Film'"):
        serving.recommend("u1", domain="Film", scenario="watch")
    with pytest.raises(ReleaseError, match=r"weighs the task 'rating', which this model did not learn"):
        serving.publish("ials")
    more = "[ask.scenarios.buy]\nweights = {conversion = 1}\n"
    with written(workplace, TASKS + SCENARIOS + more) as recommender:
        with pytest.raises(NotFoundError, match=r"release 1 does not have what the task 'conversion' tells of Item; it has"):
            recommender.recommend("u1", scenario="buy")
        with pytest.raises(ReleaseError, match=r"'buy' weighs the task 'conversion', .* by a section \[tasks.conversion\]"):
            recommender.publish()
        assert recommender.active_release().version == 1
        _, out, _ = hopline("scenarios")
        assert "lacks conversion of Item" in out
    with written(workplace, "[ask.scenarios.x]\ndomains = ['Film']\nweights = {click = 1}\n") as recommender:
        for call in (recommender.publish, recommender.scenarios, lambda: recommender.recommend("u1", scenario="x")):
            with pytest.raises(SchemaError, match=r"the scenario 'x' of \[ask.scenarios\]: there is no domain 'Film'"):
                call()
    with pytest.raises(ConfigError, match=r"ask.scenarios.x.weights.click: .*greater than 0"):
        written(workplace, "[ask.scenarios.x]\nweights = {click = 0}\n")
    with pytest.raises(ConfigError, match=r"ask.scenarios.x.weight: there is no such key; known are domains, weights"):
        written(workplace, "[ask.scenarios.x]\nweight = {click = 1}\n")


def test_without_scenarios_nothing_more_is_written_and_none_are_listed(workplace, database, hopline):
    with written(workplace, TASKS) as recommender:
        recommender.load("films")
        recommender.compile(train={"epochs": 1}).fit()
        assert recommender.publish().tasks == ()
    found = rows(database, "MATCH (n) UNWIND keys(n) AS key WITH key WHERE key STARTS WITH 'hopline_v' RETURN DISTINCT key")
    assert not {row["key"] for row in found if "click" in row["key"] or "rating" in row["key"]}
    status, out, _ = hopline("scenarios")
    assert (status, out.strip()) == (0, "no scenario is declared; give one a section [ask.scenarios.NAME] in hopline.toml")
