"""From files on disk to answers out of Neo4j: the whole loop through the public face."""

import doctest
import re

import numpy as np
import pytest

import hopline.recommender
from hopline import Recommender
from hopline.config import read_config
from hopline.errors import ConfigError, EvaluationError, ReleaseError, SchemaError, TrainingError
from hopline.run_folder import read_run
from tests.small_files import SIZE, WITHHELD, write_checkerboard
from tests.small_releases import rows

pytestmark = pytest.mark.integration


def test_withheld_film_comes_first_for_every_user_and_a_finished_fit_is_taken_up_as_it_is(recommender):
    report = recommender.load("films")
    assert report.set_aside == {}
    assert recommender.load("films").written.edges[0].created == 0
    recommender.fit()
    release = recommender.publish()
    assert release.metrics.keys() >= {"ndcg@20", "recall@10", "valid/ndcg@20"}
    assert release.config["model"]["embedding_size"] == 8
    for user, film in WITHHELD.items():
        found = recommender.recommend(user, k=3)
        assert found.by_model
        assert (found.items[0].id, found.items[0].title) == (film, f"Film number {film[1:]} [{film[1:]}]")
        assert re.search(r"Film number \d+ \[\d+\], which you rated", recommender.reason(user, film))
        assert all(int(item.id[1:]) % 2 == int(film[1:]) % 2 for item in recommender.similar(film, k=3).items)

    foretold = recommender.predict(list(WITHHELD.items()), "rating")
    assert foretold["value"].null_count() == 0

    rows = recommender.evaluate().rows
    assert [row.name for row in rows] == ["hopline", "popularity", "itemknn", "rp3beta", "ease", "ials"]
    assert rows[0].metrics["ndcg@20"] > rows[1].metrics["ndcg@20"]
    tested = {name: value for name, value in release.metrics.items() if "/" not in name}
    assert {name: rows[0].metrics[name] for name in tested} == pytest.approx(tested)

    before, epochs = read_run(recommender.config.run_folder), []
    with Recommender.from_config() as again:
        again.fit(on_epoch=epochs.append)
    after = read_run(recommender.config.run_folder)
    assert epochs == []
    assert np.array_equal(before.users.vectors, after.users.vectors)
    assert np.array_equal(before.items[0].vectors, after.items[0].vectors)


def test_matrix_factorisation_can_serve_too_and_leaves_the_last_run_alone(recommender):
    recommender.load("films")
    release = recommender.publish("ials")
    assert set(release.config["ials"]) == {"unobserved", "reg"}
    assert release.metrics.keys() >= {"ndcg@20", "recall@10", "valid/ndcg@20"}
    for user, film in WITHHELD.items():
        found = recommender.recommend(user, k=3)
        assert found.by_model
        assert all(int(item.id[1:]) % 2 == int(film[1:]) % 2 for item in found.items[:1])
    assert recommender.features().labels == {}
    with pytest.raises(TrainingError, match="no finished training run"):
        recommender.publish()


def test_every_step_before_its_time_says_what_to_do_first(recommender):
    with pytest.raises(SchemaError, match=r"no schema yet; run `hopline import"):
        recommender.fit()
    with pytest.raises(SchemaError, match=r"no schema yet; run `hopline import"):
        recommender.recommend("u0")
    recommender.load("films")
    for too_early in (recommender.evaluate, recommender.publish):
        with pytest.raises(TrainingError, match=r"no finished training run in runs.default; run `hopline train` first"):
            too_early()
    for ask in (
        lambda: recommender.recommend("u0"),
        lambda: recommender.similar("f0"),
        lambda: recommender.explain("u0", "f0"),
    ):
        with pytest.raises(ReleaseError, match="nothing is published yet"):
            ask()
    with pytest.raises(ReleaseError, match="nothing is published yet"):
        recommender.rollback()
    assert recommender.releases() == []


def test_compiling_changes_single_keys_and_asks_for_a_new_fit(recommender):
    recommender.compile(train={"epochs": 3}, tasks={"ranking": {"temperature": 0.5}})
    assert (recommender.config.train.epochs, recommender.config.train.fanout) == (3, 5)
    assert recommender.config.tasks.ranking.temperature == 0.5
    assert recommender.config.tasks.rating == read_config().tasks.rating
    with pytest.raises(ConfigError, match=r"\[train\] has a mistake: epoch: there is no such key; known are average, epochs"):
        recommender.compile(train={"epoch": 3})


def test_a_data_set_too_small_to_hold_anything_out_says_so(workplace, recommender):
    write_checkerboard(workplace / "tiny", size=6, withheld={})
    recommender.load("tiny")
    with pytest.raises(TrainingError, match=r"of 18 interactions none is held out .* split\.valid is 0\.1; raise it"):
        recommender.fit()
    with pytest.raises(TrainingError, match=r"of 18 interactions none is held out to tune iALS on; load more, or raise"):
        recommender.publish("ials")


def test_old_releases_are_collected_as_configured(recommender, monkeypatch):
    recommender.load("films")
    recommender.compile(train={"epochs": 1}).fit()
    versions = [recommender.publish().version for _ in range(4)]
    assert versions == [1, 2, 3, 4]
    assert [release.version for release in recommender.releases()] == [4, 3, 2]
    assert recommender.rollback().version == 3
    assert recommender.activate(2).version == 2
    assert recommender.collect(keep=1) == []
    assert recommender.rollback().version == 3
    assert recommender.collect(keep=1) == []  # 4 is the newest, 3 serves, and 2 served before it
    with pytest.raises(ReleaseError, match="got 0 releases to keep"):
        recommender.collect(keep=0)


def test_as_many_releases_as_configured_stay_and_none_of_them_is_written_over(recommender):
    recommender.load("films")
    recommender.config = recommender.config.changed({"publish": {"keep": 5}})
    recommender.compile(train={"epochs": 1}).fit()
    slots = [recommender.publish().slot for _ in range(5)]
    assert slots == [1, 2, 3, 4, 5]
    assert [release.version for release in recommender.releases()] == [5, 4, 3, 2, 1]
    assert recommender.publish().slot == 1  # beyond those: nothing differs, so its vectors are taken over


def test_the_example_of_the_docstring_runs_as_it_is_printed(workplace):
    (workplace / "films").rename(workplace / "others")
    names = ["ann", "bob", *(f"u{number}" for number in range(2, 20))]
    write_checkerboard(workplace / "films", size=20, withheld={}, names=names.__getitem__)
    (test,) = doctest.DocTestFinder(recurse=False).find(
        Recommender, "Recommender", module=hopline.recommender, globs={"Recommender": Recommender}
    )
    assert len(test.examples) == 4
    told = []
    result = doctest.DocTestRunner(verbose=False).run(test, out=told.append)
    assert result.failed == 0, "".join(told)


def test_a_user_of_the_checkerboard_is_offered_every_film_not_met(recommender):
    recommender.load("films")
    recommender.compile(train={"epochs": 1}).fit().publish()
    found = [item.id for item in recommender.recommend("u0", k=SIZE).items]
    assert len(found) == len(set(found)) == SIZE - 11


def test_what_is_evaluated_is_the_last_run_and_only_while_the_graph_is_the_same(recommender, database):
    recommender.load("films")
    recommender.compile(train={"epochs": 2}).fit()
    before = recommender.compile(train={"epochs": 1}).evaluate(peers=False)
    assert before.rows[0].metrics == recommender.evaluate(peers=False).rows[0].metrics
    rows(database, "MATCH (:User)-[r:RATED]->(:Item) WITH r LIMIT 1 DELETE r")
    with pytest.raises(EvaluationError, match="changed since training; run `hopline train` again"):
        recommender.evaluate(peers=False)
