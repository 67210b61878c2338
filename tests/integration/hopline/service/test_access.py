"""Who may ask, how much at once, and what is too long."""

import pytest

from hopline.service import keys as keys_module
from hopline.service.keys import KeyFile, Scope
from tests.small_releases import rows

pytestmark = pytest.mark.integration
ASKED = {"user": "u1", "k": 1}
CLICK = {"events": [{"user": "u1", "item": "i9", "behaviour": "RATED", "value": 5, "id": "e-1"}]}


def test_once_there_is_a_key_each_request_needs_one_that_allows_it(draft, serving, tmp_path, database):
    keys = KeyFile(tmp_path / "run" / "keys.json")
    reader, writer, admin = (keys.add(scope.value, [scope]) for scope in (Scope.READ, Scope.WRITE, Scope.ADMIN))
    client = serving()

    def status(route, body, key=None):
        return client.post(route, json=body, headers={} if key is None else {"X-API-Key": key}).status_code

    assert [status("/recommend", ASKED, key) for key in (None, "hopline_x", writer, reader, admin)] == [401, 401, 403, 200, 200]
    assert [status("/events", CLICK, key) for key in (None, reader)] == [401, 403]
    assert rows(database, "MATCH (n:HoplineEvent) RETURN n") == []
    assert [status("/events", CLICK, key) for key in (writer, admin)] == [200, 200]
    assert client.get("/health/ready").status_code == 200  # as probes send no key


def test_taking_the_last_key_away_opens_nothing(draft, serving, tmp_path, monkeypatch):
    monkeypatch.setattr(keys_module, "_LOOKED_AT_EVERY_S", 0.0)
    keys = KeyFile(tmp_path / "run" / "keys.json")
    text = keys.add("shop", [Scope.READ])
    client = serving()
    assert client.post("/recommend", json=ASKED, headers={"X-API-Key": text}).status_code == 200
    keys.remove("shop")
    assert [client.post("/recommend", json=ASKED, headers=sent).status_code for sent in ({}, {"X-API-Key": text})] == [401, 401]
    keys.path.unlink()
    assert client.post("/recommend", json=ASKED).status_code == 401


def test_a_key_is_kept_as_its_hash_in_a_file_of_ones_own(tmp_path):
    keys = KeyFile(tmp_path / "keys.json")
    text = keys.add("shop", [Scope.READ])
    assert text not in keys.path.read_text()
    assert keys.path.stat().st_mode & 0o777 == 0o600
    assert (keys.find(text).name, keys.find(text + "x"), keys.find("")) == ("shop", None, None)


def test_too_many_requests_are_told_when_to_come_again(draft, serving):
    client = serving(requests_per_s=2)
    found = [client.post("/recommend", json=ASKED) for _ in range(6)]
    assert [answer.status_code for answer in found[:4]] == [200] * 4
    assert found[-1].status_code == 429
    assert int(found[-1].headers["retry-after"]) >= 1


@pytest.mark.parametrize("told", [True, False])
def test_a_body_that_is_too_long_is_refused_whatever_its_head_says(draft, serving, told):
    client = serving(max_body_bytes=2_000)
    body = b'{"events": [' + b" " * 3_000 + b"]}"
    sent = body if told else iter([body[:1500], body[1500:]])
    answer = client.post("/events", content=sent, headers={"Content-Type": "application/json"})
    assert answer.status_code == 413
    assert "longer than 2,000 bytes" in answer.json()["error"]
