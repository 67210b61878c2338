"""``hopline learn``: from events while a release serves."""

import json
from dataclasses import replace

import numpy as np
import pytest

from graph.errors import ReleaseError
from graph.releases import active_release
from hopline import Recommender
from hopline.config import read_config
from hopline.errors import TrainingError
from hopline.online.state import FILE
from hopline.run_folder import read_run
from tests.small_files import SIZE, TOML
from tests.small_releases import rows

pytestmark = pytest.mark.integration
T = 1_750_000_000


@pytest.fixture
def serving(workplace):
    """A recommender whose last run serves, and that learns from few events."""
    (workplace / "hopline.toml").write_text(TOML + "\n[online]\nmin_events = 5\n")
    with Recommender.from_config() as recommender:
        recommender.load("films")
        recommender.compile(train={"epochs": 3}).fit()
        recommender.publish()
        yield recommender


def watch(recommender, users, number=6):
    """New users see every second film, one after the other."""
    recommender.ingest(
        [
            {
                "user": user,
                "item": f"f{(row + 2 * step) % SIZE}",
                "behaviour": "rating",
                "value": 5,
                "time": T + 100 * row + step,
            }
            for row, user in enumerate(users)
            for step in range(number)
        ]
    )


def vectors(database, release):
    text = f"MATCH (n) WHERE n.{release.name} IS NOT NULL RETURN n.id AS id, n.{release.name} AS vector ORDER BY id"
    return {row["id"]: row["vector"] for row in rows(database, text)}


def test_events_are_learnt_once_and_published_and_the_vectors_of_training_stay(serving, database, hopline):
    before = active_release(database)
    kept = vectors(database, before)
    status, out, _ = hopline("learn", "--once", "--json")
    assert (status, json.loads(out)["outcome"], json.loads(out)["events"]) == (0, "waiting", 0)
    watch(serving, [f"new{n}" for n in range(12)])
    report = serving.learn()
    assert (report.outcome, report.events, report.version) == ("learnt", 72, before.version + 1)
    assert 0 <= report.released_ndcg == report.ndcg <= 1  # the first time, both are the same
    after = active_release(database)
    assert vectors(database, after) == kept
    assert after.data["online"] == {"events": 72, "rounds": 1, "new_items": 0}
    assert not np.array_equal(after.met.base, before.met.base)
    assert serving.learn().outcome == "waiting"
    watch(serving, ["new20"])
    assert serving.learn().events == 6
    assert serving.rollback().version == after.version
    found = serving.recommend("new3", k=3)
    assert (found.by_model, found.num_events) == (True, 6)


def test_an_item_that_came_is_recommended_by_its_facts_and_what_was_deleted_is_not_published(serving, database):
    event = {"user": "u2", "item": "f100", "behaviour": "impression", "time": T, "item_properties": {"title": "A new film"}}
    taken = serving.ingest([event | {"facts": [{"relation": "DIRECTED_BY", "entity": "director 0"}]}, event | {"item": "f101"}])
    assert taken.set_aside == {}
    rows(database, "MATCH (u:User {id: 'u4'}) DETACH DELETE u")
    rows(database, "MATCH (i:Item {id: 'f5'}) DETACH DELETE i")
    report = serving.learn()
    assert (report.outcome, report.version) == ("waiting", 2)
    found = vectors(database, active_release(database))
    assert "f100" in found
    assert "f101" not in found  # nothing is known of it
    assert found.keys() & {"u4", "f5"} == set()
    films = {film: np.array(vector[:-1]) for film, vector in found.items() if film.startswith("f") and film != "f100"}
    usual = np.mean(list(films.values()), axis=0)
    alike = np.mean([films[f"f{film}"] for film in range(0, SIZE, 4)], axis=0) - usual  # all are by director 0
    apart = np.array(found["f100"][:-1]) - usual
    assert apart @ alike > 0.95 * np.linalg.norm(apart) * np.linalg.norm(alike) > 0
    similar = serving.similar("f100", k=5)
    assert similar.by_model
    assert {int(one.id[1:]) % 2 for one in similar.items} == {0}  # who likes films by director 0 likes those by 2
    assert serving.learn().version is None


def test_what_a_user_takes_back_reaches_their_vector_with_the_next_look(serving, database):
    before = vectors(database, active_release(database))
    rows(database, "MATCH (:User {id: 'u2'})-[r]->(i:Item) WHERE i.id IN ['f0', 'f2', 'f4'] DELETE r")
    rows(database, "MATCH (:User {id: 'u6'})-[r]->(:Item) DELETE r")
    watch(serving, ["u3"], number=1)
    report = serving.learn()
    assert (report.outcome, report.version) == ("waiting", 2)
    after = vectors(database, active_release(database))
    assert {node for node in before if before[node] != after[node]} == {"u2", "u6"}
    assert serving.learn().version is None
    found = serving.recommend("u2", k=3)
    assert (found.by_model, found.num_events) == (True, None)  # it is what is learnt of them now
    assert not serving.recommend("u6", k=3).by_model
    rows(database, "MATCH (u:User {id: 'u2'}), (i:Item {id: 'f1'}) MERGE (u)-[r:RATED]->(i) SET r.rating = 5")
    assert serving.recommend("u2", k=3).num_events == 1
    rows(database, "MATCH (:User {id: 'u2'})-[r]->(i:Item {id: 'f6'}) DELETE r")  # and another came: as many as before
    assert serving.learn().version == 3
    assert serving.recommend("u2", k=3).num_events == 1


def test_who_takes_back_as_many_as_they_add_is_learnt_from(serving, database):
    rows(database, "MATCH (:User {id: 'u2'})-[r]->(i:Item) WHERE i.id IN ['f0', 'f2', 'f4'] DELETE r")
    watch(serving, ["u2"], number=1)  # f0 again
    rows(database, "MATCH (u:User {id: 'u2'}), (i:Item) WHERE i.id IN ['f1', 'f3'] CREATE (u)-[:RATED]->(i)")
    assert serving.learn().events == 2
    watch(serving, ["new1"], number=6)
    assert serving.learn().events == 8
    assert serving.learn().events == 0


def test_out_of_bounds_nothing_is_published_and_it_says_why(serving, database, monkeypatch):
    watch(serving, [f"new{n}" for n in range(12)])
    for user in range(0, SIZE, 2):
        watch(serving, [f"quiet{user}"])
    serving.learn()
    version = active_release(database).version
    serving.config = serving.config.changed({"online": {"min_overlap": 1.0, "teach": {"learning_rate": 0.5}}})
    watch(serving, [f"newer{n}" for n in range(12)])
    report = serving.learn()
    assert (report.outcome, report.version) == ("refused", None)
    assert "users without new events" in report.why
    assert active_release(database).version == version


def test_who_foretells_worse_than_what_was_released_goes_back_to_it(serving, database):
    folder, released = serving.config.run_folder, active_release(database).met.base
    watch(serving, [f"new{n}" for n in range(12)])
    serving.config = serving.config.changed({"online": {"judged_events": 50, "min_ratio": 1.5}})  # what nobody reaches
    report = serving.learn()
    assert (report.outcome, report.version) == ("rolled back", 2)
    assert report.due == serving.learn().due == "what was learnt since foretold worse than what was released"
    assert "over 72 events it foretold 1.00 of what the released one did" in report.why
    assert active_release(database).met.base.tolist() == pytest.approx(released.tolist())
    assert (folder / FILE).exists()


def test_what_is_damaged_or_of_another_run_is_begun_anew(serving, database):
    watch(serving, [f"new{n}" for n in range(12)])
    assert serving.learn().events == 72
    (serving.config.run_folder / FILE).write_bytes(b"no tensors")
    serving.config = serving.config.changed({"online": {"most_events": 10}})  # as where much happened since
    report = serving.learn()
    assert (report.outcome, report.events) == ("learnt", 72)
    assert serving.learn().events == 0


def test_what_serves_must_be_of_the_last_run(serving, database, monkeypatch):
    serving.publish("ials")
    with pytest.raises(ReleaseError, match="is not of the run in"):
        serving.learn()
    with monkeypatch.context() as patched:
        patched.setattr("hopline.online.learn.read_run", _without_student)
        serving.publish()
        with pytest.raises(TrainingError, match="made no student"):
            serving.learn()
    with pytest.raises(TrainingError, match="no finished training run"):
        Recommender(read_config(run_folder="elsewhere"), database).learn()


def _without_student(folder):
    return replace(read_run(folder), student=None)


def test_what_was_not_liked_moves_nobody_and_is_not_learnt_as_liked(workplace, hopline):
    told = '[behaviours]\nhalf_life_days = 30\nof = { rating = { value = "rating", neutral = 3 } }\n'
    (workplace / "hopline.toml").write_text(f"{TOML}\n{told}\n[online]\nmin_events = 5\n")
    with Recommender.from_config() as recommender:
        recommender.load("films")
        recommender.compile(train={"epochs": 3}).fit()
        recommender.publish()
        event = {"behaviour": "rating", "time": T}
        recommender.ingest(
            [{**event, "user": user, "item": "f0", "value": 5} for user in ("one", "both")]
            + [{**event, "user": "both", "item": "f1", "value": 1}, {**event, "user": "neither", "item": "f1", "value": 2}]
        )
        asked = {user: recommender.recommend(user, k=6) for user in ("one", "both", "neither")}
        scores = {user: {item.id: item.score for item in found.items} for user, found in asked.items()}
        alike = scores["one"].keys() & scores["both"].keys()
        assert len(alike) >= 4
        assert [scores["both"][item] for item in alike] == pytest.approx([scores["one"][item] for item in alike], rel=1e-5)
        assert scores["neither"] != pytest.approx(scores["one"])
        watch(recommender, ["late", "later"])
        status, out, _ = hopline("learn", "--once", "--json")
        assert (status, json.loads(out)["outcome"]) in [(0, "learnt"), (0, "rolled back")], out
