"""Rules hold over HTTP, and an explanation tells what they did."""

import pytest

from tests.small_releases import best, rows

pytestmark = pytest.mark.integration
ASK = {
    "filters": {"price": "number"},
    "rules": [
        {"name": "dear", "block": {"price": {"at_least": 20}}},
        {"name": "campaign", "pin": ["i7"]},
    ],
}


def test_an_explanation_tells_what_rules_left_out_and_moved(database, draft, serving):
    rows(database, "MATCH (i:Item) SET i.price = toInteger(substring(i.id, 1))")
    client = serving(ask=ASK)
    body = {"user": "u1", "k": 4, "explain": True}
    answer = client.post("/recommend", json=body).json()
    dear = {f"i{n}" for n in range(20, 40)}
    assert [item["id"] for item in answer["items"]] == ["i7", *best(draft, 1, 3, {"i2", "i3", "i7", *dear})[0]]
    assert [item.get("rules") for item in answer["items"]] == [["campaign"], None, None, None]
    of_model = [item for item in best(draft, 1, 40, {"i2", "i3", "i7"})[0][:4] if item in dear]
    assert answer["left_out"] == [{"id": item, "rule": "dear"} for item in of_model]
    assert "left_out" not in client.post("/recommend", json={"user": "u1"}).json()
    popular = client.post("/recommend", json={"user": "nobody", "k": 40}).json()["items"]
    assert [item["id"] for item in popular] == ["i7", *(f"i{n}" for n in range(20) if n != 7)]
