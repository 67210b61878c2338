"""Training anew while a release serves: by a rule, beside the run, and only in its place if the canary passes."""

import json
import re

import pytest

from graph.errors import DatabaseGoneError
from graph.releases import active_release, list_releases
from graph.releases.lease import hold_lease
from hopline import Recommender
from hopline import publisher as publisher_module
from hopline.cli import online
from hopline.errors import ConfigError, TrainingError
from hopline.online import retrain
from hopline.online.attempts import FILE as ATTEMPTS
from hopline.run_draft import learnt_from
from hopline.run_folder import NEXT_FOLDER, read_run
from tests.small_files import TOML
from tests.small_releases import rows

pytestmark = pytest.mark.integration
T = 1_750_000_000
RULE = '\n[online]\nmin_events = 5\nretrain = "when due"\nretrain_every_days = 1e-6\n[split]\nseed = 1\n'
IMPOSSIBLE = {"publish": {"canary": {"min_coverage": 100.0}}}


@pytest.fixture
def serving(workplace):
    """A recommender whose last run serves, of a graph that every day is too old for."""
    (workplace / "hopline.toml").write_text(TOML + RULE)
    with Recommender.from_config() as recommender:
        recommender.load("films")
        recommender.compile(train={"epochs": 1}).fit()
        recommender.publish()
        yield recommender


def come(recommender, user="newcomer"):
    """A new user sees some films."""
    recommender.ingest(
        [{"user": user, "item": f"f{2 * film}", "behaviour": "rating", "value": 5, "time": T + film} for film in range(6)]
    )


def is_last_run(recommender):
    """Whether what serves is of the run in the folder, and nothing is left beside it."""
    folder = recommender.config.run_folder
    run, data = read_run(folder), active_release(recommender.database).data
    return learnt_from(run).items() <= data.items() and not (folder / NEXT_FOLDER).exists()


def test_when_due_it_trains_serves_and_goes_on_learning(serving, hopline, database):
    before = read_run(serving.config.run_folder)
    come(serving)
    status, out, err = hopline("learn", "--once", "--json")
    assert (status, err) == (0, "")
    learnt, trained = map(json.loads, out.splitlines())
    assert "it has learnt the graph of 0.0 days ago" in learnt["due"]
    assert (trained["outcome"], trained["version"]) == ("served", active_release(database).version)
    assert is_last_run(serving)
    after = read_run(serving.config.run_folder)
    assert "newcomer" in after.users.ids.tolist()
    assert "newcomer" not in before.users.ids.tolist()
    assert after.config["run_folder"] == before.config["run_folder"] == str(serving.config.run_folder)
    assert active_release(database).canary["beside"] == trained["version"] - 1
    assert serving.score_explainer().explain("newcomer", "f2").paths  # checkpoints went along
    come(serving, "later")
    assert serving.learn().events == 6
    status, out, _ = hopline("learn", "--once")
    assert "trained anew: release" in out


def test_without_the_rule_it_is_only_told(serving, hopline, database, workplace):
    (workplace / "hopline.toml").write_text(TOML + RULE.replace("when due", "never"))
    status, out, _ = hopline("learn", "--once")
    assert (status, active_release(database).version) == (0, 1)
    assert "; training anew is due, as it has learnt the graph of" in out
    (workplace / "hopline.toml").write_text(TOML)
    assert "due" not in hopline("learn", "--once")[1]


def test_what_fails_the_canary_does_not_serve_and_is_not_tried_again_at_once(serving, database, hopline):
    before, folder = read_run(serving.config.run_folder), serving.config.run_folder
    serving.config = serving.config.changed(IMPOSSIBLE)
    report = serving.retrain()
    assert (report.outcome, report.version, report.attempts) == ("failed", None, 1)
    assert "canary checks: coverage/Item is" in report.why
    assert "release 1 serves on" in report.why
    assert 3500 < report.again_s <= 3600
    assert is_last_run(serving)
    assert [release.version for release in list_releases(database)] == [1]
    assert read_run(folder).read_at == before.read_at
    again = serving.retrain()
    assert (again.outcome, again.why, again.attempts) == ("waiting", report.why, 1)
    status, out, _ = hopline("learn", "--once")
    assert status == 0
    assert "not trained anew, what served goes on: release" in out
    assert re.search(r"the next try, after 1, in (1:00:00|0:59:\d\d)\n", out)
    serving.config = serving.config.changed({"online": {"retrain_pause_s": 1.0}})
    told = json.loads((folder / ATTEMPTS).read_text())
    (folder / ATTEMPTS).write_text(json.dumps(told | {"began_at": told["began_at"] - 2}))
    assert serving.retrain().attempts == 2
    serving.config = serving.config.changed({"publish": {"canary": {"min_coverage": 0.1}}})
    (folder / ATTEMPTS).write_text(json.dumps(told | {"began_at": told["began_at"] - 10}))
    assert serving.retrain().outcome == "served"
    assert not (folder / ATTEMPTS).exists()


def test_one_at_a_time_trains_anew_and_who_publishes_need_not_wait(serving, database):
    with hold_lease(database, "retrain"):
        report = serving.retrain()
        assert report.outcome == "elsewhere"
        assert "another training anew is at work" in report.why
        assert "not trained anew: another" in report.summary()
        serving.publish()
    assert serving.config.run_folder.joinpath(ATTEMPTS).exists() is False
    assert serving.retrain().outcome == "served"


def test_what_a_kill_cut_off_before_it_took_its_place_takes_it_at_the_next_look(serving, database, monkeypatch):
    def killed(*_):
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(retrain, "move_run", killed)
        with pytest.raises(SystemExit):
            serving.retrain()
    assert active_release(database).version == 2
    assert not is_last_run(serving)
    with hold_lease(database, "retrain"), pytest.raises(Exception, match="another training anew is at work"):
        serving.learn()  # whoever trained may be about to put it there
    come(serving)
    assert serving.learn().outcome == "learnt"
    assert is_last_run(serving)
    assert not serving.config.run_folder.joinpath(ATTEMPTS).exists()


def test_where_neo4j_went_away_at_the_end_what_was_trained_is_published_later(serving, monkeypatch):
    serving.config = serving.config.changed({"online": {"retrain_pause_s": 1.0}})
    folder = serving.config.run_folder
    with monkeypatch.context() as patched:
        patched.setattr(Recommender, "_publish", gone)
        report = serving.retrain()
    assert (report.outcome, report.why) == ("failed", "it went away")
    with monkeypatch.context() as patched:
        patched.setattr("hopline.publisher.fit", gone)  # nothing is trained
        (folder / ATTEMPTS).unlink()
        assert serving.retrain().version == 2
    assert is_last_run(serving)


def gone(*_):
    raise DatabaseGoneError("it went away")


def test_who_goes_while_it_trains_is_neither_published_nor_kept(serving, database, monkeypatch):
    fit = publisher_module.fit

    def and_go(*arguments):
        run = fit(*arguments)
        serving.erase("u4")
        rows(database, "MATCH (i:Item {id: 'f5'}) DETACH DELETE i")
        return run

    monkeypatch.setattr(publisher_module, "fit", and_go)
    assert serving.retrain().outcome == "served"
    folder = serving.config.run_folder
    assert "u4" not in read_run(folder).users.ids.tolist()
    assert not (folder / "refit").exists()  # checkpoints hold all users at once
    left = rows(database, "MATCH (n) WHERE n.hopline_v2 IS NOT NULL RETURN collect(n.id) AS ids")[0]["ids"]
    assert "u3" in left
    assert "f4" in left
    assert not {"u4", "f5"} & set(left)
    assert is_last_run(serving)


def test_who_is_erased_leaves_what_is_trained_beside(serving, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(Recommender, "_publish", gone)
        serving.retrain()
    beside = serving.config.run_folder / NEXT_FOLDER
    assert "u4" in read_run(beside).users.ids.tolist()
    assert f"{beside}: deleted" in serving.erase("u4").files
    assert not beside.exists()


def test_a_run_that_was_compressed_is_compressed_again(serving):
    serving.compress(4)
    serving.publish()
    assert serving.retrain().outcome == "served"
    run = read_run(serving.config.run_folder)
    assert run.compressed["chosen"]["size"] == 4
    assert run.users.vectors.shape[1] == 4


def test_an_item_that_came_while_it_trained_is_published_with_it(serving, database, monkeypatch):
    event = {"user": "u2", "item": "f100", "behaviour": "impression", "time": T}
    facts = [{"relation": "DIRECTED_BY", "entity": "director 0"}]

    read = Recommender._snapshot

    def after_it_came(self, on_stage):
        self.ingest([event | {"facts": facts}])
        return read(self, on_stage)

    monkeypatch.setattr(Recommender, "_to_learn_from", read)
    monkeypatch.setattr(Recommender, "_snapshot", after_it_came)
    assert serving.retrain().outcome == "served"
    assert active_release(database).data["online"] == {"events": 0, "rounds": 0, "new_items": 1}
    assert serving.similar("f100", k=2).by_model
    assert serving.learn().version is None


def test_without_a_run_and_with_values_out_of_bounds_it_says_so(recommender, workplace):
    with pytest.raises(TrainingError, match="no finished training run"):
        recommender.retrain()
    for rule in ('retrain = "always"', "retrain_every_days = 0", "retrain_pause_s = 0"):
        (workplace / "hopline.toml").write_text(f"{TOML}\n[online]\n{rule}\n")
        with pytest.raises(ConfigError, match=r"online\.retrain"):
            Recommender.from_config()


def test_a_follower_goes_on_after_what_passes_and_ends_at_what_was_wrong_from_the_start(serving, hopline, monkeypatch):
    looks = []

    def sleep(_):
        looks.append(active_release(serving.database).version)
        if len(looks) == 1:
            serving.publish("ials")  # somebody else moves on
        if len(looks) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(online.time, "sleep", sleep)
    monkeypatch.setenv("HOPLINE_ONLINE__RETRAIN", "never")
    status, _, err = hopline("learn", "--quiet", "--every", "7")
    assert status == 130
    assert err.count("looking again in 7 s: release 2, which serves, is not of the run in") == 2
    status, _, err = hopline("learn")
    assert status == 1
    assert "is not of the run in" in err
