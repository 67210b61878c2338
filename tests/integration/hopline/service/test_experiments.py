"""``/experiments``: begun and ended by an admin, looked at by who may read, and answers by variants meanwhile."""

import pytest

from graph.experiments import Variant
from graph.publish import publish
from hopline.service.keys import KeyFile, Scope
from tests.integration.hopline.service.test_program import serving as program
from tests.small_releases import SCHEMA, best, make_draft

pytestmark = pytest.mark.integration
BODY = {
    "name": "fused/1",
    "variants": [{"name": "old", "release": 1, "share": 0.5}, {"name": "new", "release": 2, "share": 0.5}],
}
T = 1_750_000_000


@pytest.fixture
def other(database, draft):
    other = make_draft(seed=5)
    publish(database, SCHEMA, other)
    return other


def test_users_are_answered_by_their_variants_until_it_ends_and_its_clicks_are_told(database, draft, other, serving):
    client = serving()
    assert "experiment" not in client.post("/recommend", json={"user": "u0", "k": 3}).json()
    begun = client.post("/experiments", json=BODY)
    assert (begun.status_code, begun.json()["is_running"]) == (200, True)
    events = []
    for row in range(8):
        body = {"user": f"u{row}", "k": 3}
        found = client.post("/recommend", json=body).json()
        release = {"old": 1, "new": 2}[found["variant"]]
        seen = ["i2", "i3"] if row == 1 else ()
        assert (found["experiment"], found["version"]) == ("fused/1", release)
        assert [item["id"] for item in found["items"]] == best({1: draft, 2: other}[release], row, 3, seen)[0]
        for route, more in (
            ("/similar", {"item": "i1"}),
            ("/session", {"items": ["i1"]}),
            ("/rerank", {"items": ["i1", "i4"]}),
            ("/explain", {"item": "i4"}),
        ):
            answer = client.post(route, json={"user": f"u{row}"} | more).json()
            assert (answer["experiment"], answer["variant"], answer["version"]) == ("fused/1", found["variant"], release)
        events += [
            {
                "user": f"u{row}",
                "item": item["id"],
                "behaviour": "impression",
                "time": T,
                "shown": {"release": found["version"], "experiment": found["experiment"], "variant": found["variant"]},
            }
            for item in found["items"]
        ]
    assert client.post("/similar", json={"item": "i1"}).json()["version"] == 2
    clicks = [{"user": "u0", "item": events[0]["item"], "behaviour": "rating", "value": 4, "time": T + 5}]
    assert client.post("/events", json={"events": events + clicks}).json()["new"] == 25
    report = client.get("/experiments/fused%2F1").json()
    assert sum(variant["impressions"] for variant in report["variants"]) == 24
    assert sum(variant["clicks"] for variant in report["variants"]) == 1
    ended = client.post("/experiments/fused%2F1/end", json={"winner": "old"})
    assert (ended.status_code, ended.json()["winner"], ended.json()["is_running"]) == (200, "old", False)
    assert client.get("/experiments").json()["experiments"] == [ended.json()]
    after = client.post("/recommend", json={"user": "u0", "k": 3}).json()
    assert (after["version"], "experiment" in after) == (1, False)


def test_what_cannot_begin_or_end_is_refused_with_what_stands_in_the_way(draft, other, serving):
    client = serving()

    def refused(body, route="/experiments"):
        answer = client.post(route, json=body)
        return answer.status_code, answer.json()["error"]

    variants = [{"name": "old", "release": 1, "share": 0.5}, {"name": "new", "release": 2, "share": 0.6}]
    status, told = refused({"name": "x", "variants": variants})
    assert (status, "got the shares" in told) == (409, True)
    assert refused({"name": "x", "variants": variants[:1]})[0] == 422
    assert refused({"name": "x", "variants": [variants[0] | {"share": 0}, variants[1]]})[0] == 422
    assert refused({"name": " ", "variants": variants})[0] == 422
    status, told = refused({"name": "x", "variants": [variants[0], variants[0] | {"name": "new", "release": 9}]})
    assert (status, "there is no complete release 9" in told) == (409, True)
    assert client.post("/experiments", json=BODY).status_code == 200
    status, told = refused(BODY | {"name": "another"})
    assert (status, "'fused/1' runs since" in told) == (409, True)
    assert refused({"winner": "best"}, "/experiments/fused%2F1/end")[0] == 404
    assert refused({}, "/experiments/nothing/end")[0] == 404
    assert client.get("/experiments/nothing").status_code == 404
    assert client.post("/experiments/fused%2F1/end", json={}).status_code == 200
    assert refused({}, "/experiments/fused%2F1/end")[0] == 409


def test_an_admin_begins_and_ends_and_who_may_read_looks(draft, other, serving, tmp_path):
    keys = KeyFile(tmp_path / "run" / "keys.json")
    reader, writer, admin = (keys.add(scope.value, [scope]) for scope in (Scope.READ, Scope.WRITE, Scope.ADMIN))
    client = serving()

    def statuses(method, route, body=None):
        return [
            client.request(method, route, json=body, headers={"X-API-Key": key}).status_code for key in (reader, writer, admin)
        ]

    assert statuses("POST", "/experiments", BODY) == [403, 403, 200]
    assert statuses("GET", "/experiments") == [200, 403, 200]
    assert statuses("GET", "/experiments/fused%2F1") == [200, 403, 200]
    assert statuses("POST", "/experiments/fused%2F1/end", {}) == [403, 403, 200]
    assert client.get("/experiments").status_code == 401


def test_the_client_begins_looks_and_ends(database, draft, other, server, tmp_path):
    with program(server.home, tmp_path) as (_, client):
        begun = client.start_experiment("fused/1", [Variant("old", 1, 0.5), Variant("new", 2, 0.5)], salt="s")
        assert (begun.salt, client.experiments()) == ("s", [begun])
        found = client.recommend("u0", 3)
        assert (found.experiment, found.variant in {"old", "new"}) == ("fused/1", True)
        assert client.similar("i1", user="u0").variant == client.session(["i1"], user="u0").variant == found.variant
        assert client.experiment_report("fused/1").variants[0].click_through is None
        assert client.end_experiment("fused/1", winner="new").winner == "new"
        assert client.recommend("u0", 3).version == 2
