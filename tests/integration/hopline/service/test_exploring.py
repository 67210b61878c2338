"""An answer that explores carries propensities, which the impressions of it bring back into the graph."""

import pytest

from tests.small_releases import rows

pytestmark = pytest.mark.integration


def test_propensities_go_out_with_the_items_and_come_back_with_impressions(database, draft, serving):
    client = serving(ask={"explore": 0.5})
    body = {"user": "u1", "k": 5, "seed": "monday"}
    answer = client.post("/recommend", json=body).json()
    assert answer["seed"] == "monday"
    assert answer == client.post("/recommend", json=body).json()
    assert all(0 < item["propensity"] <= 1 for item in answer["items"])
    assert {"i2", "i3"}.isdisjoint(item["id"] for item in answer["items"])
    shown = [
        {"user": "u1", "item": item["id"], "behaviour": "impression", "propensity": item["propensity"], "id": item["id"]}
        for item in answer["items"]
    ]
    assert client.post("/events", json={"events": shown}).json()["new"] == 5
    kept = rows(database, "MATCH (:User {id: 'u1'})-[r:HOPLINE_SHOWN]->(i) RETURN i.id AS id, r.propensity AS propensity")
    assert {row["id"]: row["propensity"] for row in kept} == {item["id"]: item["propensity"] for item in answer["items"]}
    plain = client.post("/recommend", json={"user": "u1", "explore": 0}).json()
    assert "seed" not in plain
    assert all("propensity" not in item for item in plain["items"])
    assert "explore" in client.post("/recommend", json={"user": "u1", "explore": 1.5}).json()["error"]
