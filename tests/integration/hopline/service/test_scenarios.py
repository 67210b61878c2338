"""Scenarios over HTTP: whose order an answer is in, and what each task says."""

import pytest

from graph.publish import publish
from tests.integration.graph.test_task_vectors import telling
from tests.small_releases import SCHEMA, make_draft

pytestmark = pytest.mark.integration
ASK = {"scenarios": {"ads": {"domains": ["Item"], "weights": {"click": 1.0}}, "buy": {"weights": {"conversion": 1.0}}}}


@pytest.fixture
def client(database, draft, serving):
    publish(database, SCHEMA, telling(make_draft()))
    return serving(ask=ASK)


def test_an_answer_tells_its_scenario_and_what_each_task_says(client):
    answer = client.post("/recommend", json={"user": "u1", "k": 4, "scenario": "ads"}).json()
    likely = [item["scores"]["click"] for item in answer["items"]]
    assert (answer["scenario"], likely) == ("ads", sorted(likely, reverse=True))
    plain = client.post("/recommend", json={"user": "u1", "k": 4}).json()
    assert "scenario" not in plain
    assert all("scores" not in item for item in plain["items"])
    unknown = client.post("/recommend", json={"user": "nobody", "scenario": "ads"})
    assert (unknown.status_code, unknown.json()["by_model"], "scenario" in unknown.json()) == (200, False, False)
    ranked = client.post("/rerank", json={"user": "u1", "items": ["i1", "i5", "i9"], "scenario": "ads"}).json()
    assert [item["scores"]["click"] for item in ranked["items"]] == sorted(
        (item["scores"]["click"] for item in ranked["items"]), reverse=True
    )


@pytest.mark.parametrize(
    ("path", "body", "status", "told"),
    [
        ("/recommend", {"user": "u1", "scenario": "none"}, 404, "there is no scenario 'none'"),
        ("/recommend", {"user": "u1", "scenario": "buy"}, 404, "does not have what the task 'conversion' tells of Item"),
        ("/rerank", {"user": "u1", "items": ["i1"], "scenario": "none"}, 404, "there is no scenario 'none'"),
        ("/recommend", {"user": "u1", "scenario": ""}, 422, "scenario"),
        ("/recommend", {"user": "u1", "scenario": "ads", "domain": "User"}, 422, "the scenario 'ads' is of ['Item']"),
        ("/session", {"items": ["i1"], "scenario": "ads"}, 422, "scenario"),
        ("/similar", {"item": "i1", "scenario": "ads"}, 422, "scenario"),
    ],
)
def test_what_is_no_scenario_of_the_question_is_refused(client, path, body, status, told):
    answer = client.post(path, json=body)
    assert (answer.status_code, told in answer.json()["error"]) == (status, True)
