"""``/index``: what answering needs is told, mended and built anew in the background, by whom may."""

import time

import pytest

from graph.releases.lease import hold_lease
from hopline.service.keys import KeyFile, Scope
from tests.small_releases import best, rows

pytestmark = pytest.mark.integration


def states(client):
    return {part["name"]: part["state"] for part in client.get("/index").json()["parts"]}


def ended(client):
    until = time.monotonic() + 60
    while (job := client.get("/index").json()["job"])["state"] == "running":
        assert time.monotonic() < until
        time.sleep(0.1)
    return job


def test_what_is_missing_is_told_and_made_again_in_the_background(client, database, draft):
    rows(database, "DROP INDEX `hopline_v1 Item`")
    assert states(client)["hopline_v1 Item"] == "missing"
    answer = client.post("/index", json={"action": "refresh"})
    assert (answer.status_code, answer.json()["job"]["action"]) == (202, "refresh")
    job = ended(client)
    assert (job["state"], job["told"]) == ("done", "made hopline_v1 Item; popular items are counted anew")
    assert states(client)["hopline_v1 Item"] == "ready"
    answer = client.post("/recommend", json={"user": "u1", "k": 5}).json()
    assert [item["id"] for item in answer["items"]] == best(draft, 1, 5, ["i2", "i3"])[0]


def test_the_release_is_built_anew_while_it_answers(client, draft):
    wanted = best(draft, 1, 5, ["i2", "i3"])[0]
    assert client.post("/index", json={"action": "build"}).status_code == 202
    versions = set()
    while client.get("/index").json()["job"]["state"] == "running":
        answer = client.post("/recommend", json={"user": "u1", "k": 5}).json()
        assert [item["id"] for item in answer["items"]] == wanted
        versions.add(answer["version"])
    assert ended(client)["told"] == "release 2 serves, built anew"
    assert versions <= {1, 2}
    assert client.post("/recommend", json={"user": "u1", "k": 5}).json()["version"] == 2


def test_popular_items_that_were_counted_anew_are_those_of_the_service_by_its_next_look(client, database):
    rows(database, "MATCH (u:User), (i:Item {id: 'i33'}) MERGE (u)-[:RATED {value: 4.0}]->(i)")
    assert client.post("/index", json={"action": "refresh"}).status_code == 202
    assert ended(client)["state"] == "done"
    until = time.monotonic() + 30
    while client.post("/recommend", json={"user": "nobody", "k": 1}).json()["items"][0]["id"] != "i33":
        assert time.monotonic() < until
        time.sleep(0.2)


def test_while_somebody_else_is_at_work_it_is_refused_for_now(client, database):
    with hold_lease(database):
        answer = client.post("/index", json={"action": "build"})
    assert answer.status_code == 409
    assert "another publish or collection is at work" in answer.json()["error"]
    assert client.get("/index").json()["job"] is None


def test_only_a_key_for_admin_may_and_only_what_there_is_can_be_asked_for(draft, serving, tmp_path):
    keys = KeyFile(tmp_path / "run" / "keys.json")
    reader, writer, admin = ({"X-API-Key": keys.add(scope.value, [scope])} for scope in (Scope.READ, Scope.WRITE, Scope.ADMIN))
    client = serving()
    for key in (reader, writer):
        assert client.get("/index", headers=key).status_code == 403
        assert client.post("/index", json={"action": "refresh"}, headers=key).status_code == 403
    assert client.post("/index", json={"action": "drop"}, headers=admin).status_code == 422
    assert client.get("/index", headers=admin).json()["job"] is None
