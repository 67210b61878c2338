"""Events over HTTP: acknowledged is in the graph, once; what cannot be used is told with its reason."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from graph.errors import DatabaseError
from graph.events import EventWriter
from tests.small_releases import rows

pytestmark = pytest.mark.integration
COUNT = "MATCH (:User)-[r:RATED]->(:Item) RETURN count(r) AS number"


def event(number, **changed):
    return {
        "user": f"new{number % 7}",
        "item": f"i{number % 40}",
        "behaviour": "rating",
        "value": 3,
        "id": f"e{number}",
    } | changed


def test_an_acknowledged_event_is_in_the_next_answer(client):
    before = client.post("/recommend", json={"user": "u1", "k": 3}).json()["items"][0]["id"]
    taken = client.post("/events", json={"events": [{"user": "u1", "item": before, "behaviour": "rating", "id": "e"}]}).json()
    assert taken == {"new": 1, "repeated": 0, "set_aside": []}
    after = client.post("/recommend", json={"user": "u1", "k": 3}).json()["items"]
    assert before not in [item["id"] for item in after]


def test_what_cannot_be_used_is_told_and_kept_and_the_rest_taken_in(client, tmp_path):
    sent = [event(1), event(2, behaviour="dance"), {"user": "u1"}, event(1), event(3, time="2199-01-01")]
    taken = client.post("/events", json={"events": sent}).json()
    assert (taken["new"], taken["repeated"]) == (1, 1)
    assert [one["place"] for one in taken["set_aside"]] == [1, 2, 4]
    kept = (tmp_path / "run" / "set-aside" / "requests.tsv").read_text()
    for one in taken["set_aside"]:
        assert one["reason"] in kept


def test_many_who_send_at_once_are_each_told_of_their_own(client, database):
    before = rows(database, COUNT)[0]["number"]

    def send(number):
        sent = [event(10 * number), event(10 * number + 1), event(0), event(5, behaviour="dance")]
        return client.post("/events", json={"events": sent}).json()

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(send, range(1, 25)))
    assert sum(one["new"] for one in found) == 2 * 24 + 1
    assert sum(one["repeated"] for one in found) == 23
    assert all([aside["place"] for aside in one["set_aside"]] == [3] for one in found)
    assert rows(database, "MATCH (n:HoplineEvent) RETURN count(n) AS number") == [{"number": 49}]
    assert rows(database, COUNT)[0]["number"] > before


def test_more_than_fits_is_refused_and_nothing_of_it_is_taken(draft, serving, monkeypatch, database):
    client = serving(waiting_events=5, max_events=10)
    assert client.post("/events", json={"events": [event(n) for n in range(11)]}).status_code == 422
    inner = EventWriter.write

    def full(self, events, *rest):
        with pytest.raises(Exception, match="wait to be written and there is room for 5"):
            client.app.state.hopline.events.put([event(n) for n in range(100, 106)])
        return inner(self, events, *rest)

    monkeypatch.setattr(EventWriter, "write", full)
    assert client.post("/events", json={"events": [event(1)]}).json()["new"] == 1
    assert rows(database, "MATCH (n:HoplineEvent) RETURN count(n) AS number") == [{"number": 1}]


def test_one_request_that_the_database_refuses_does_not_take_others_with_it(client, monkeypatch):
    inner = EventWriter.write

    def refusing(self, events, *rest):
        if any(one.event_id == "e13" for one in events):
            raise DatabaseError("no 13 please")
        return inner(self, events, *rest)

    monkeypatch.setattr(EventWriter, "write", refusing)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda n: client.post("/events", json={"events": [event(n)]}).status_code, range(8, 16)))
    assert found == [500 if number == 13 else 200 for number in range(8, 16)]


def test_who_gives_up_waiting_takes_nothing_back_and_hinders_nobody(client):
    queue = client.app.state.hopline.events
    futures = [queue.put([event(number)]) for number in range(20)]
    assert not any(future.cancel() for future in futures[::2])
    assert all(future.result(30).new == 1 for future in futures)


def test_an_ending_service_writes_what_it_took(draft, serving, database):
    client = serving()
    futures = [client.app.state.hopline.events.put([event(number)]) for number in range(30)]
    client.app.state.hopline.events.stop()
    assert all(future.result(0).new == 1 for future in futures)
    assert client.post("/events", json={"events": [event(99)]}).status_code == 503
