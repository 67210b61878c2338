"""What is asked over HTTP is answered as the graph answers it."""

import re

import pytest

from graph.explain import explain
from graph.publish import publish
from graph.recommend import recommend
from graph.releases import rollback
from graph.similar import similar
from tests.small_releases import SCHEMA, best, make_draft, rows

pytestmark = pytest.mark.integration


def ids(answer):
    return [item["id"] for item in answer.json()["items"]]


def test_recommend_answers_as_the_graph_does(client, draft):
    answer = client.post("/recommend", json={"user": "u1", "k": 5})
    assert answer.status_code == 200
    wanted, scores = best(draft, 1, 5, seen=["i2", "i3"])
    assert ids(answer) == wanted
    assert [item["score"] for item in answer.json()["items"]] == pytest.approx(list(scores), rel=1e-4)
    assert (answer.json()["version"], answer.json()["domain"], answer.json()["by_model"]) == (1, "Item", True)
    assert "statement" not in answer.json()


def test_an_explanation_has_a_reason_an_item_and_the_statement(client, database):
    answer = client.post("/recommend", json={"user": "u1", "k": 3, "explain": True}).json()
    found = recommend(database, SCHEMA, "u1", 3)
    assert answer["statement"] == found.statement
    assert all(item["reason"] for item in answer["items"])


def test_an_unknown_user_gets_popular_items_and_is_told(client):
    answer = client.post("/recommend", json={"user": "nobody", "k": 3})
    assert (ids(answer), answer.json()["by_model"]) == (["i0", "i1", "i2"], False)
    assert 'hopline_fallbacks_total{reason="unknown user"} 1.0' in client.get("/metrics").text


def test_similar_and_explain_answer_as_the_graph_does(client, database):
    answer = client.post("/similar", json={"item": "i5", "k": 4})
    assert ids(answer) == [item.id for item in similar(database, SCHEMA, "i5", 4).items]
    paths = client.post("/explain", json={"user": "u1", "item": "i5"}).json()
    found = explain(database, SCHEMA, "u1", "i5")
    assert [path["sentence"] for path in paths["paths"]] == [path.sentence for path in found.paths]


@pytest.mark.parametrize(
    ("route", "body", "status", "told"),
    [
        ("/similar", {"item": "nothing"}, 404, "there is no Item whose id is 'nothing'"),
        ("/recommend", {"user": "u1", "domain": "Film"}, 404, "Film"),
        ("/people", {"user": "u1"}, 404, "no relationship between two User nodes"),
        ("/recommend", {}, 422, "user: Field required"),
        ("/recommend", {"user": "u1", "k": 0}, 422, "k: "),
        ("/recommend", {"user": "u1", "k": "5"}, 422, "k: "),
        ("/recommend", {"user": " "}, 422, "user"),
        ("/recommend", {"user": "u1", "usr": 1}, 422, "usr: Extra inputs are not permitted"),
        ("/recommend", {"user": {"$ne": 1}}, 422, "user"),
        ("/nothing", {}, 404, "Not Found"),
    ],
)
def test_what_cannot_be_answered_is_told_with_a_status_and_an_id(client, route, body, status, told):
    answer = client.post(route, json=body, headers={"X-Request-ID": "mine-1"})
    assert answer.status_code == status
    assert told in answer.json()["error"]
    assert answer.json()["request_id"] == answer.headers["x-request-id"] == "mine-1"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff\xfe", b'{"user": "\\ud800"}', b'{"user": NaN}'])
def test_a_body_that_is_no_request_is_told(client, body):
    answer = client.post("/recommend", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert answer.json()["error"]


@pytest.mark.parametrize(
    "name", ["x`) DETACH DELETE (n) //", "Item`:`User", "'; MATCH (n) DETACH DELETE n; //", "$user {{item}}"]
)
def test_names_and_ids_that_look_like_cypher_are_only_text(client, database, name):
    before = rows(database, "MATCH (n) RETURN count(n) AS number")
    assert client.post("/recommend", json={"user": name}).status_code == 200
    for route in ("/recommend", "/similar", "/explain"):
        body = {"domain": name, "user": "u1", "item": "i1"}
        wanted = {"/recommend": ("user",), "/similar": ("item",), "/explain": ("user", "item")}[route]
        answer = client.post(route, json={key: body[key] for key in (*wanted, "domain")})
        assert answer.status_code == 404
    assert rows(database, "MATCH (n) RETURN count(n) AS number") == before


def test_a_publish_and_a_rollback_are_seen_by_the_next_answer(client, database):
    other = make_draft(seed=1)
    publish(database, SCHEMA, other)
    answer = client.post("/recommend", json={"user": "u1", "k": 5})
    assert (answer.json()["version"], ids(answer)) == (2, best(other, 1, 5, seen=["i2", "i3"])[0])
    rollback(database, SCHEMA)
    assert client.post("/recommend", json={"user": "u1", "k": 5}).json()["version"] == 1


def test_nothing_published_is_not_ready(serving, database):
    client = serving()
    assert client.get("/health/live").json() == {"status": "live", "version": None}
    assert client.get("/health/ready").status_code == 503
    answer = client.post("/recommend", json={"user": "u1"})
    assert answer.status_code in {404, 503}  # nothing was loaded either
    assert "hopline" in answer.json()["error"]


def test_ready_and_metrics_tell_the_release(client):
    assert client.get("/health/ready").json() == {"status": "ready", "version": 1}
    client.post("/recommend", json={"user": "u1"})
    told = client.get("/metrics").text
    assert "hopline_release_version 1.0" in told
    assert 'hopline_request_seconds_count{route="/recommend",status="200"} 1.0' in told
    assert 'hopline_answer_candidates_count{route="/recommend"} 1.0' in told
    (total,) = re.findall(r'hopline_answer_candidates_sum{route="/recommend"} ([0-9.]+)', told)
    assert 10 <= float(total) <= 40  # ten items are asked for, of forty
    client.post("/recommend", json={"user": "nobody"})  # is answered without an index
    assert 'hopline_answer_candidates_count{route="/recommend"} 1.0' in client.get("/metrics").text


def test_every_route_says_what_it_does_with_an_example(client):
    described = client.get("/openapi.json").json()
    for path, methods in described["paths"].items():
        for told in methods.values():
            assert told["description"].endswith("."), path
            if "requestBody" in told:
                name = told["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
                assert described["components"]["schemas"][name]["examples"], path


def test_a_session_is_answered_and_needs_no_user(client):
    answer = client.post("/session", json={"items": ["i3"], "k": 2}).json()
    assert (answer["by_model"], [item["id"] for item in answer["items"]]) == (False, ["i0", "i1"])  # nothing learnt of sessions
    assert client.post("/session", json={"items": ["x"]}).status_code == 404


def test_given_items_are_put_in_the_users_order(client, draft):
    answer = client.post("/rerank", json={"user": "u1", "items": ["i3", "i17", "nothing", "i30"]})
    order = [one for one in best(draft, 1, 40)[0] if one in {"i3", "i17", "i30"}]
    assert ids(answer) == order
