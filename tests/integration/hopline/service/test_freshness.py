"""`/metrics` tells how far what serves is behind the graph, and what learning from events measured, as it was read last."""

import math
import time

import pytest

from graph.async_database import AsyncDatabase
from graph.errors import DatabaseGoneError
from graph.freshness import ask_freshness, tell_round
from graph.publish import publish
from graph.releases import active_release
from hopline import Recommender
from tests.small_files import TOML
from tests.small_releases import SCHEMA, make_draft, rows, write_graph

pytestmark = pytest.mark.integration
T = 1_750_000_000


def figures(client):
    """Figures by name, with labels."""
    lines = [line for line in client.get("/metrics").text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


def await_figures(client, is_there):
    """Figures once they are read again."""
    until = time.monotonic() + 60
    while not is_there(found := figures(client)):
        assert time.monotonic() < until, found
        time.sleep(0.05)
    return found


def test_where_nothing_is_known_figures_are_no_numbers(client):
    found = figures(client)
    names = ("learnt_age_seconds", "interactions_not_learnt", "last_event_age_seconds", "online_drift", "training_due")
    assert all(math.isnan(found[f"hopline_{name}"]) for name in names)
    assert found["hopline_figures_unread_total"] == 0


def test_events_that_came_and_what_a_round_measured_are_shown(draft, database, serving):
    number = rows(database, "MATCH (:User)-[r:RATED]->(:Item) RETURN count(r) AS number")[0]["number"]
    told = {"interactions": "x", "read_at": T, "learnt": {"events": number, "at": time.time() - 3600}}
    release = publish(database, SCHEMA, make_draft(data=told))
    client = serving(figures_every_s=0.05)
    found = await_figures(client, lambda now: now["hopline_interactions_not_learnt"] == 0)
    assert found["hopline_learnt_age_seconds"] == pytest.approx(3600, abs=120)
    assert math.isnan(found["hopline_last_event_age_seconds"])
    events = [{"user": "u1", "item": item, "behaviour": "RATED", "value": 5} for item in ("i7", "i8", "i8")]
    assert client.post("/events", json={"events": events}).status_code == 200
    found = await_figures(client, lambda now: now["hopline_interactions_not_learnt"] == 2)
    assert 0 <= found["hopline_last_event_age_seconds"] < 60
    now = time.time()
    tell_round(
        database, {"looked_at": now, "round_at": now - 60, "drift": 0.25, "due": "it drifted", "ndcg": 0.2, "overlap": None}
    )
    found = await_figures(client, lambda now: now["hopline_training_due"] == 1)
    assert (found["hopline_online_drift"], found['hopline_online_ndcg{student="taught"}']) == (0.25, 0.2)
    assert math.isnan(found["hopline_online_overlap"])
    assert math.isnan(found['hopline_online_ndcg{student="released"}'])
    assert found["hopline_online_look_age_seconds"] < found["hopline_online_round_age_seconds"] == pytest.approx(60, abs=60)
    tell_round(database, {"looked_at": now, "due": "", "drift": 0.5})
    found = await_figures(client, lambda now: now["hopline_training_due"] == 0)
    assert (found["hopline_online_drift"], found['hopline_online_ndcg{student="taught"}']) == (0.5, 0.2)
    assert database.answer(ask_freshness(SCHEMA, release)).num_not_learnt == 2
    rows(database, "MATCH (:User)-[r:RATED]->(:Item) DELETE r")
    assert database.answer(ask_freshness(SCHEMA, release)).num_not_learnt == 0


def test_while_the_graph_cannot_be_read_failures_are_counted_and_figures_stay(draft, serving, monkeypatch):
    client = serving(figures_every_s=0.05)
    before = figures(client)

    async def gone(*_):
        raise DatabaseGoneError("it went away")

    monkeypatch.setattr(AsyncDatabase, "answer", gone)
    found = await_figures(client, lambda now: now["hopline_figures_unread_total"] >= 2)
    assert found["hopline_release_version"] == before["hopline_release_version"] == 1


def test_a_run_and_each_round_tell_how_far_they_learnt(workplace):
    (workplace / "hopline.toml").write_text(TOML + "\n[online]\nmin_events = 5\n")
    with Recommender.from_config() as recommender:
        recommender.load("films")
        recommender.compile(train={"epochs": 1}).fit()
        release, database, schema = recommender.publish(), recommender.database, recommender.schema
        found = database.answer(ask_freshness(schema, release))
        assert (found.num_not_learnt, found.event_at, found.round) == (0, None, {})
        assert release.data["learnt"] == {"events": 264, "at": release.data["read_at"]}
        recommender.ingest(
            [{"user": f"n{n % 3}", "item": f"f{n}", "behaviour": "rating", "value": 5, "time": T + n} for n in range(12)]
        )
        assert database.answer(ask_freshness(schema, release)).num_not_learnt == 12
        before = time.time()
        assert recommender.learn().outcome == "learnt"
        release = active_release(database)
        found = database.answer(ask_freshness(schema, release))
        assert (found.num_not_learnt, release.data["learnt"]["events"]) == (0, 276)
        assert before <= found.learnt_at == found.round["round_at"] <= time.time()
        assert (found.round["outcome"], found.round["events"]) == ("learnt", 12)
        learnt_at = found.learnt_at
        assert recommender.learn().outcome == "waiting"
        found = database.answer(ask_freshness(schema, active_release(database)))
        assert found.learnt_at == found.round["round_at"] == learnt_at < found.round["looked_at"]


def test_events_that_leave_the_item_are_counted_too(database, draft):
    kinds = [kind.model_copy(update={"reversed": True}) for kind in SCHEMA.edges]
    schema = SCHEMA.model_copy(update={"edges": tuple(kinds)})
    write_graph(database, draft)
    data = {"learnt": {"events": 0, "at": 0.0}}
    release = publish(database, SCHEMA, make_draft(seed=3, data=data))
    rows(database, "MATCH (u:User {id: 'u1'}), (i:Item {id: 'i3'}) CREATE (i)-[:RATED]->(u)")
    assert database.answer(ask_freshness(schema, release)).num_not_learnt == 1
