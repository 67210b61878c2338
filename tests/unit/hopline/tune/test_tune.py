"""A search begins with what there is, knows nothing of the test split, and goes on where it was cut off."""

import json
from dataclasses import replace

import numpy as np
import pytest

from graph.progress import silent
from graph.schema import Schema
from hopline.config import Config
from hopline.errors import ConfigError, TrainingError
from hopline.fit import fit
from hopline.tune import tune
from hopline.tune.study import FILE
from tests.small_graphs import RATED, checkerboard, edges, snapshot

SIZE = 16
PAIRS = checkerboard(SIZE, SIZE)
TEST = [(u, i) for u, i in PAIRS if i == (u + 2) % SIZE]
VALID = [(u, i) for u, i in PAIRS if i == (u + 4) % SIZE]
LEARNT = sorted(set(PAIRS) - set(TEST))


def graph(pairs=PAIRS):
    return snapshot(pairs, SIZE, SIZE)


@pytest.fixture
def config(tmp_path):
    """Ranking alone, with EASE beside it: trials of half a second."""
    return Config(run_folder=tmp_path / "run").changed(
        {
            "train": {"epochs": 3, "validate_every": 1, "patience": 2},
            "model": {"embedding_size": 8},
            "tasks": {"rating": None, "link": None},
            "fuse": {"ials": 0.0, "social_knn": 0.0},
            "split": {"valid": 0.15},
        }
    )


def search(graph, config, trials=None, minutes=None, metric=None, on_step=lambda _e, _s, _n: None, **told):
    told = {"on_stage": lambda _s, _d, _t: None, "on_features": lambda _r: None, "on_trial": lambda _t, _p: None} | told
    return tune(graph, config, 0, trials=trials, minutes=minutes, metric=metric, on_step=on_step, **told)


def outcomes(report):
    return [(trial.state, trial.settings, trial.value, trial.alone, trial.best_epoch) for trial in report.trials]


def in_folder(config, name):
    return config.model_copy(update={"run_folder": config.run_folder.with_name(name)})


def test_the_present_configuration_comes_first_and_the_best_is_told_with_what_to_change(config):
    heard = []
    report = search(graph(), config, trials=5, on_trial=lambda trial, progress: heard.append((trial, progress)))
    first = report.trials[0]
    assert first == report.present
    assert (first.settings["train.learning_rate"], first.settings["model.embedding_size"]) == (0.02, 8)
    assert set(first.settings) == {
        *("train.learning_rate", "train.schedule", "tasks.ranking.temperature"),
        *("model.embedding_size", "model.num_layers", "model.other_gate", "fuse.ease"),
    }
    assert report.best.value == max(trial.value for trial in report.trials if trial.value is not None)
    assert report.ranked()[0] == report.best
    assert report.changes == {key: value for key, value in report.best.settings.items() if value != first.settings[key]}
    assert [trial for trial, _ in heard] == list(report.trials)
    assert [(progress.done, progress.wanted) for _, progress in heard] == [(n, 5) for n in range(1, 6)]
    assert heard[-1][1].left_s == 0
    assert heard[-1][1].best == report.best
    assert report.new == 5
    assert report.gain.mean == pytest.approx(report.best.value - first.value, abs=1e-6)
    assert report.gain.low <= report.gain.mean <= report.gain.high


def test_the_first_trials_differ_from_the_present_in_a_few_settings(config):
    first, *others = search(graph(), config, trials=5).trials
    for trial in others:
        differ = {key for key, value in trial.settings.items() if value != first.settings[key]}
        assert 1 <= len(differ) <= 3


def test_with_and_without_its_test_pairs_a_graph_gives_the_same_trials(config, tmp_path):
    files = {name: tmp_path / f"{name}.txt" for name in ("train", "valid", "test")}
    for name, pairs in (("train", set(LEARNT) - set(VALID)), ("valid", VALID), ("test", TEST)):
        files[name].write_text("".join(f"{user}\t{item}\n" for user, item in sorted(pairs)))
    given = {"by": "files", "train_file": files["train"], "valid_file": files["valid"]}
    knows = in_folder(config, "knows").changed({"split": {**given, "test_file": files["test"]}})
    knows_not = in_folder(config, "knows not").changed({"split": given})
    with_test, without = search(graph(), knows, trials=4), search(graph(LEARNT), knows_not, trials=4)
    assert outcomes(with_test) == outcomes(without)
    # Even the name of the study is the same, so that one could go on with the other's.
    (knows_not.run_folder / "tune" / FILE).replace(knows.run_folder / "tune" / FILE)
    assert search(graph(), knows, trials=4).new == 0


@pytest.mark.parametrize("done", [0, 2])
def test_cut_off_in_a_trial_a_search_goes_on_as_if_it_had_not_been(config, done):
    begun, stages = [], []

    def cut_off(epoch, step, _steps):
        if (epoch, step) == (1, 1):
            begun.append(step)
            if len(begun) > done:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        search(graph(), config, trials=5, on_step=cut_off)
    again = search(graph(), config, trials=5, on_stage=lambda stage, _d, _t: stages.append(stage))
    assert again.new == 5 - done
    assert any(stage.startswith(f"trials done before: {done},") for stage in stages) == (done > 0)
    assert outcomes(again) == outcomes(search(graph(), in_folder(config, "whole"), trials=5))
    assert search(graph(), config, trials=5).new == 0


def test_a_trial_of_a_program_that_was_killed_is_tried_again(config):
    whole = search(graph(), in_folder(config, "whole"), trials=3)
    killed = []

    def kill(_epoch, _step, _steps):
        if not killed:  # what a killed program leaves: the file as it was in the middle of a trial
            killed.append((config.run_folder / "tune" / FILE).read_bytes())

    search(graph(), config, trials=1, on_step=kill)
    (config.run_folder / "tune" / FILE).write_bytes(killed[0])
    assert outcomes(search(graph(), config, trials=3)) == outcomes(whole)


def test_where_nothing_can_be_fused_a_trial_is_what_neighbours_find_too_where_they_know_better(config):
    """Trained at next to no rate vectors are noise, where walks over a checkerboard know all."""
    poor = config.changed({"train": {"learning_rate": 1e-6}, "fuse": {"max_scores": 1}})
    (trial,) = search(graph(), poor, trials=1).trials
    assert trial.value > 1.2 * trial.alone
    assert search(graph(), poor, trials=1).new == 0
    without = poor.changed({"publish": {"similar": 0}})
    (by_vectors,) = search(graph(), without, trials=1).trials
    assert (by_vectors.value, by_vectors.alone) == (pytest.approx(trial.alone), trial.alone)


@pytest.mark.parametrize(
    "fused", [{"social_knn": 0.04}, {"scales": (), "fitted": False}, {"max_scores": 1}], ids=["all", "usual", "none"]
)
def test_a_trial_has_the_figure_that_training_would_serve_by(config, fused):
    """Of the usual configuration: shares, or lengths of items, are chosen in each trial as training chooses them."""
    changed = config.changed({"fuse": fused, "publish": {"similar": 0}})
    (trial,) = search(graph(), changed, trials=1).trials
    run = fit(graph(), changed, 0, silent, *[lambda *_: None] * 3)
    told = run.fused["valid/ndcg@20"]
    taken = run.fused["taken"] if "shares" in run.fused else f"{run.fused['length']:g}"
    assert trial.value == pytest.approx(told[taken], abs=1e-6)


def test_when_things_were_met_and_who_is_whose_friend_count_in_trials_too(config):
    base = graph()
    when = replace(base.edges[RATED], time=np.arange(len(PAIRS)))
    kinds = [kind.model_copy(update={"time": "time"}) if kind.triple == RATED else kind for kind in base.schema.edges]
    timed = replace(base, edges={**base.edges, RATED: when}, schema=Schema(nodes=base.schema.nodes, edges=tuple(kinds)))
    found = search(timed, config.changed({"fuse": {"social_knn": 0.04}}), trials=2).present
    assert {"fuse.ease", "fuse.nearby_ease", "fuse.social_knn"} <= set(found.settings)
    without = search(timed, config.changed({"fuse": {"nearby_ease": 0.0}}), trials=1).present
    assert {"fuse.nearby_ease", "fuse.social_knn"} & set(without.settings) == set()


def test_another_seed_graph_or_fixed_setting_is_another_search(config):
    first = search(graph(), config, trials=2)
    assert search(graph(), config, trials=2).new == 0
    for other in (
        config.changed({"train": {"seed": 1}}),
        config.changed({"train": {"epochs": 2}}),
        config.changed({"split": {"seed": 1}}),
    ):
        assert search(graph(), other, trials=2).new == 2
    assert search(graph(PAIRS[:-1]), config, trials=2).new == 2
    assert search(graph(), config.changed({"train": {"num_workers": 1}}), trials=2).new == 0
    assert outcomes(search(graph(), config, trials=2)) == outcomes(first)


def test_what_was_taken_over_is_known_as_the_present_and_nothing_is_left_to_change(config):
    found = search(graph(), config, trials=6)
    moved = config.changed({"train": {"learning_rate": 0.05}})
    again = search(graph(), moved, trials=7)  # another present configuration is tried next
    assert again.new == 1
    assert again.present == again.trials[6]
    assert again.present.settings == found.trials[0].settings | {"train.learning_rate": 0.05}
    taken = config.changed(again.sections) if again.changes else moved
    after = search(graph(), taken, trials=7)
    assert (after.new, after.changes, after.present, after.toml()) == (0, {}, again.best, "")


def test_by_another_metric_the_best_is_of_that_and_training_is_to_stop_by_it(config):
    report = search(graph(), config, trials=3, metric="recall@5")
    assert report.metric == "recall@5"
    if report.changes:
        assert report.sections["train"]["metric"] == "recall@5"
    usual = search(graph(), config, trials=3)
    assert (usual.metric, usual.new) == ("ndcg@20", 3)
    assert search(graph(), config, trials=3, metric="ndcg@20").new == 0  # what ranking declares


def test_by_another_tasks_error_the_least_is_best_and_fusing_plays_no_part(config):
    rated = config.changed({"tasks": {"rating": {}}})
    report = search(graph(), rated, trials=3, metric="rating")
    assert report.metric == "rating.rmse"
    assert "fuse.ease" not in report.best.settings
    assert report.best.value == max(trial.value for trial in report.trials if trial.value is not None) < 0
    assert (report.best.value, report.gain) == (report.best.alone, None)


def test_a_metric_that_nothing_measures_is_told_before_long(config):
    without = snapshot([(u, i) for u, i in PAIRS], SIZE, SIZE)
    without.edges[RATED].value[:] = 3.0  # one value only is no rating to learn
    with pytest.raises(TrainingError, match=r"all 5 trials failed.*asks for rating\.rmse, and nothing of what is held out"):
        search(without, config.changed({"tasks": {"rating": {}}}), metric="rating")


def test_trials_that_diverge_are_told_and_the_search_goes_on(config):
    wild = config.changed({"tasks": {"rating": {}}, "train": {"learning_rate": 1e4}})
    report = search(graph(), wild, trials=6)
    assert report.trials[0].state == "failed"
    assert "learning_rate" in report.trials[0].why
    assert report.present is None
    assert report.best.value is not None
    assert {trial.state for trial in report.trials} >= {"failed", "complete"}


def test_where_all_fail_it_is_said_why_and_again_at_once(config):
    hopeless = config.changed({"tasks": {"rating": {}, "tie": 1e38}, "train": {"learning_rate": 0.1}})
    for _ in range(2):
        with pytest.raises(TrainingError, match=r"all 2 trials failed, and the configuration is as it was\. The first: .*tie"):
            search(graph(), hopeless, trials=2)


def test_what_falls_behind_is_ended_early(config):
    slow = config.changed({"train": {"epochs": 8, "patience": 1}})
    report = search(graph(), slow, trials=14)
    pruned = [trial for trial in report.trials if trial.state == "pruned"]
    assert pruned
    assert all(trial.value is None and trial.alone is not None for trial in pruned)


def test_what_matters_is_told_once_there_are_trials_enough_to_tell(config):
    patient = config.changed({"train": {"patience": 3}})
    assert search(graph(), patient, trials=7).importances == {}
    report = search(graph(), patient, trials=9)
    assert {trial.state for trial in report.trials} == {"complete"}
    assert report.importances.keys() == report.best.settings.keys()
    assert sum(report.importances.values()) == pytest.approx(1)
    assert list(report.importances.values()) == sorted(report.importances.values(), reverse=True)


def test_however_little_time_there_is_the_present_configuration_is_tried(config):
    report = search(graph(), config, minutes=1e-9)
    assert len(report.trials) == 1
    assert report.best == report.present


@pytest.mark.parametrize(
    ("told", "error", "message"),
    [
        ({"trials": 0}, ConfigError, r"got 0 trials; expected 1 or more"),
        ({"minutes": 0.0}, ConfigError, r"got 0 minutes to tune in; expected more than 0"),
        ({"minutes": float("nan")}, ConfigError, r"got nan minutes"),
        ({"trials": 1, "metric": "mood@20"}, TrainingError, r"train\.metric is 'mood@20'; expected one of recall@k, ndcg"),
        ({"trials": 1, "metric": "ndcg"}, TrainingError, r"train\.metric is 'ndcg'; expected one of .*a task's name"),
    ],
)
def test_what_cannot_be_asked_for_is_refused_before_anything_is_learnt(config, told, error, message):
    with pytest.raises(error, match=message):
        search(graph(), config, **told)
    assert not config.run_folder.exists()


def test_nothing_to_learn_from_or_to_validate_on_is_told(config):
    empty = replace(graph(), edges={**graph().edges, RATED: edges([], value=[])})
    with pytest.raises(TrainingError, match=r"found 16 users, 16 items and no interaction of theirs"):
        search(empty, config, trials=1)
    with pytest.raises(TrainingError, match=r"of 16 interactions none is held out to validate on"):
        search(graph([(n, n) for n in range(SIZE)]), config, trials=1)


def test_trials_that_cannot_be_read_and_a_search_that_is_under_way_are_told(config):
    path = config.run_folder / "tune" / FILE
    path.parent.mkdir(parents=True)
    path.write_bytes(b"no database" * 1000)
    with pytest.raises(TrainingError, match=r"the trials in .* cannot be read .*; delete the file to begin anew"):
        search(graph(), config, trials=1)
    path.unlink()

    def meanwhile(_trial, _progress):
        with pytest.raises(TrainingError, match=r"another program is tuning in"):
            search(graph(), config, trials=1)

    assert search(graph(), config, trials=1, on_trial=meanwhile).new == 1


def test_a_report_is_plain_values(config):
    report = search(graph(), config, trials=2)
    assert json.loads(json.dumps([trial.settings for trial in report.trials])) == [trial.settings for trial in report.trials]
    assert np.isfinite([trial.seconds for trial in report.trials]).all()
