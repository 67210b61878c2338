"""Several finished runs as one: what is tried, and what is taken and written."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest

from gnn.compress import CompressConfig
from gnn.evaluate import evaluate
from gnn.fuse import Fused
from gnn.vector_scorer import VectorScorer
from graph.neighbours import Neighbours, SimilarItems
from graph.progress import silent
from hopline.cli.fuse import _print
from hopline.cli.output import console
from hopline.compress import compress_run
from hopline.compressed_file import write_compressed
from hopline.config import Config
from hopline.errors import ConfigError, EvaluationError, TrainingError
from hopline.finished_vectors import learnt_rows
from hopline.fit import fit
from hopline.fuse_runs import fuse_runs
from hopline.fusion import TeacherVectors
from hopline.liked import load_liked
from hopline.run_draft import draft_run, learnt_from
from hopline.run_folder import is_release_of, read_run, write_run
from hopline.run_split import prepare_as_run
from hopline.several_runs import read_several
from hopline.teacher_file import read_teacher, write_teacher
from hopline.trained_network import read_network
from tests.small_graphs import READ, checkerboard, edges, goods_and_articles, snapshot

USERS = ITEMS = 24
CONFIG = Config().changed(
    {
        "train": {"epochs": 2},
        "model": {"embedding_size": 8},
        "split": {"valid": 0.2, "test": 0.2},
        "fuse": {"ials": 0.0, "scales": [], "size": 4, "distil": {"steps": 20}},
    }
)


def learn(folder, graph, read_at=0, **sections):
    config = CONFIG.changed(sections).model_copy(update={"run_folder": folder})
    run = fit(graph, config, read_at, silent, lambda _r: None, lambda _e, _s, _n: None, lambda _r: None)
    write_run(folder, run)
    return run


@pytest.fixture(scope="module")
def graph():
    return snapshot(checkerboard())


@pytest.fixture(scope="module")
def trained(graph, tmp_path_factory):
    """Two runs of other seeds and sizes, the first of which was read a second earlier."""
    folder = tmp_path_factory.mktemp("runs")
    learn(folder / "a", graph)
    learn(folder / "b", graph, 1, train={"seed": 1}, model={"embedding_size": 6})
    return folder


@pytest.fixture
def folder(trained, tmp_path):
    shutil.copytree(trained, tmp_path / "runs")
    return tmp_path / "runs"


def parity(users=None):
    """Vectors that know all there is to know of a checkerboard, of some users."""
    known = np.eye(2, dtype=np.float32)[np.arange(ITEMS) % 2]
    of_users = known.copy()
    of_users[[user for user in range(USERS) if users is not None and user not in users]] = 0
    return VectorScorer(of_users, known)


def know(folder, name, vectors):
    """Have a run be distilled from these."""
    write_teacher(folder / name, TeacherVectors(vectors, vectors))


def each_know_half(folder):
    """Each run knows other users, so the two together know twice as much."""
    know(folder, "a", parity(range(12)))
    know(folder, "b", parity(range(12, USERS)))


def fused(folder, graph, take=None, names=("a", "b"), out="out", config=CONFIG.fuse):
    return fuse_runs(read_several([folder / name for name in names]), graph, config, folder / out, silent, take)


def knows(vectors):
    """The share of users whose first items are of their parity."""
    top = np.argmax(vectors.score(np.arange(USERS)), axis=1)
    return np.mean(top % 2 == np.arange(USERS) % 2)


def test_runs_that_know_other_users_are_surely_better_together_and_so_written(folder, graph):
    each_know_half(folder)
    run, report = fused(folder, graph)
    assert report.taken == report.best == "sum"
    assert report.of("sum").shares == {"a": 0.5, "b": 0.5}
    assert report.of("sum").gain.is_sure
    assert "surely better than a alone: +" in report.reason
    assert [one.name for one in report.tried] == ["a", "b", "sum", "fitted", "average"]
    assert report.as_dict()["out"] == str(folder / "out")
    assert knows(run.scorer()) == 1
    assert run.users.vectors.shape == (USERS, 2)  # what they were made of has no more numbers
    assert report.of("sum").value > report.of("a").value + 0.1
    assert run.fused["members"] == {"a": 0.5, "b": 0.5}
    assert run.fused["valid/ndcg@20"].keys() == {"a", "b", "sum", "fitted", "average"}


def test_what_is_judged_is_the_sum_of_standardised_scores(folder, graph):
    _, report = fused(folder, graph, "sum")
    teachers = [read_teacher(folder / name).validated for name in ("a", "b")]
    valid = prepare_as_run(read_run(folder / "a"), graph).split_log.valid()
    expected = evaluate(Fused([(one, 0.5) for one in teachers]), valid, ks=(20,)).metrics["ndcg@20"]
    assert report.of("sum").value == pytest.approx(expected)
    for name, one in zip(("a", "b"), teachers, strict=True):
        assert report.of(name).value == pytest.approx(evaluate(one, valid, ks=(20,)).metrics["ndcg@20"])


def test_where_nothing_is_surely_better_nothing_is_made_and_it_is_told_how_to_go_on(folder, graph):
    know(folder, "a", parity())
    know(folder, "b", parity())
    run, report = fused(folder, graph)
    assert (run, report.taken, report.best) == (None, None, "a")
    assert report.as_dict()["out"] is None
    assert "nothing is surely better than a alone" in report.reason
    assert "--take sum writes it all the same" in report.reason
    forced, told = fused(folder, graph, "average")
    assert (told.taken, forced.fused["members"]) == ("average", {"a": 0.5, "b": 0.5})
    assert told.reason.startswith("as asked: ")
    assert knows(forced.scorer()) == 1


def test_where_another_run_alone_is_the_best_that_is_told(folder, graph):
    rng = np.random.default_rng(0)
    know(folder, "a", VectorScorer(*(rng.standard_normal((USERS, 8)).astype(np.float32) for _ in range(2))))
    know(folder, "b", parity())
    run, report = fused(folder, graph)
    assert (run, report.taken, report.best) == (None, None, "b")
    assert f"HOPLINE_RUN_FOLDER={folder / 'b'} hopline publish" in report.reason


def test_turned_copies_are_averaged_and_what_is_not_connected_is_left_out(folder, graph):
    rng = np.random.default_rng(0)
    turn = np.linalg.qr(rng.standard_normal((8, 8)))[0].astype(np.float32)
    one = read_teacher(folder / "a").validated
    know(folder, "b", VectorScorer(one.users @ turn, one.items @ turn))
    shutil.copytree(folder / "b", folder / "c")
    know(folder, "c", VectorScorer(parity().users, parity().items[::-1]))  # the wrong way round
    run, report = fused(folder, graph, "average", ("a", "b", "c"))
    assert report.barriers["b"].height == pytest.approx(0, abs=1e-6)
    assert report.barriers["b"].is_connected
    assert not report.barriers["c"].is_connected
    assert run.fused["members"] == {"a": 0.5, "b": 0.5}
    assert run.fused["barriers"]["c"]["is_connected"] is False
    assert report.of("average").value == pytest.approx(report.of("a").value, abs=1e-3)

    _, report = fused(folder, graph, None, ("a", "c"))
    assert "average" not in [tried.name for tried in report.tried]
    with pytest.raises(ConfigError, match="got 'average' to take, which was not tried: no other run is connected with a"):
        fused(folder, graph, "average", ("a", "c"))


def test_shares_that_validation_fits_leave_out_a_run_that_knows_nothing(folder, graph):
    each_know_half(folder)
    shutil.copytree(folder / "b", folder / "c")
    know(folder, "c", VectorScorer(parity().users, parity().items[::-1]))
    run, report = fused(folder, graph, "fitted", ("a", "b", "c"))
    assert run.fused["members"].keys() == {"a", "b"}
    assert sum(run.fused["members"].values()) == pytest.approx(1)
    without = CONFIG.fuse.model_copy(update={"fitted": False})
    assert fused(folder, graph, config=without)[1].left_out == {"fitted": "[fuse] fitted is false"}
    _, report = fused(folder, graph, names=("a", "c"))
    assert report.left_out["fitted"] == "validation gives all to a"


def test_the_fused_run_is_read_back_and_all_but_the_ranking_is_the_first_ones(folder, graph):
    run, report = fused(folder, graph, "sum")
    write_run(folder / "out", run)
    found, first = read_run(folder / "out"), read_run(folder / "a")
    np.testing.assert_array_equal(found.users.vectors, run.users.vectors)
    assert found.users.vectors.shape == (USERS, 4)
    assert found.popular == first.popular
    assert found.known.tolist() == first.known.tolist()
    assert (load_liked(folder / "out").number != load_liked(folder / "a").number).nnz == 0
    assert found.predictors.keys() == first.predictors.keys()
    assert found.similar.of_domains[0].places.tolist() == first.similar.of_domains[0].places.tolist()
    assert found.student is not None
    assert found.student.asking.shape == (ITEMS, 4)
    assert found.train_s > first.train_s
    assert found.config == first.config | {"run_folder": str(folder / "out"), "fuse": CONFIG.fuse.model_dump(mode="json")}
    others = {name for name in first.metrics if "rating" in name or "link" in name}
    assert others
    assert {name: found.metrics[name] for name in others} == {name: first.metrics[name] for name in others}
    assert found.metrics.keys() == first.metrics.keys()
    assert dict(report.metrics) == found.metrics


def test_its_figures_are_those_of_its_vectors(folder, graph):
    run, _ = fused(folder, graph, "sum")
    parts = prepare_as_run(run, graph).split_log
    test = evaluate(run.scorer(), parts.test(), ks=(10, 20)).metrics
    assert {name: run.metrics[name] for name in test} == pytest.approx(test)
    assert run.metrics["valid/ndcg@20"] != read_run(folder / "a").metrics["valid/ndcg@20"]
    assert "valid/ndcg@20" not in draft_run(run).metrics  # the canary holds it beside what a network had alone
    assert run.teacher.validated.items.shape == run.teacher.learnt.items.shape == (ITEMS, 8)
    assert not np.array_equal(run.teacher.validated.items, run.teacher.learnt.items)
    again, _ = fused(folder, graph, "sum")
    np.testing.assert_array_equal(again.users.vectors, run.users.vectors)
    assert again.fused_id == run.fused_id


def test_it_can_be_compressed_and_fused_again(folder, graph):
    write_run(folder / "out", fused(folder, graph, "sum")[0])
    config = CompressConfig(code="float32")
    run, teacher = read_run(folder / "out"), read_teacher(folder / "out")
    compressed, report = compress_run(run, teacher, graph, config, CONFIG.fuse.distil, silent, size=3)
    assert compressed.vectors.items.shape == (ITEMS, 3)
    assert report.teacher_bytes == 32
    again, _ = fused(folder, graph, "sum", ("out", "b"), "more")
    assert again.fused["members"] == {"out": 0.5, "b": 0.5}


def test_its_releases_are_not_taken_for_those_of_the_first_run_nor_of_another_fused_one(folder, graph):
    run, first = fused(folder, graph, "sum")[0], read_run(folder / "a")
    other = fused(folder, graph, "average")[0]
    data = {name: draft_run(one).data for name, one in (("first", first), ("fused", run), ("other", other))}
    assert "fused_id" not in data["first"]
    for one, name in ((first, "first"), (run, "fused"), (other, "other")):
        assert [key for key, found in data.items() if is_release_of(learnt_from(one), found)] == [name]


def test_a_run_that_was_compressed_is_fused_as_it_was_before(folder, graph):
    before, _ = fused(folder, graph, "sum")
    run, teacher = read_run(folder / "a"), read_teacher(folder / "a")
    compressed, _ = compress_run(run, teacher, graph, CompressConfig(), CONFIG.fuse.distil, silent, size=2)
    write_compressed(folder / "a", compressed)
    assert read_run(folder / "a").compressed
    after, _ = fused(folder, graph, "sum")
    assert after.compressed == {}
    np.testing.assert_array_equal(after.users.vectors, before.users.vectors)
    assert after.metrics == before.metrics


def test_beyond_max_scores_nothing_is_distilled(folder, graph):
    config = CONFIG.fuse.model_copy(update={"max_scores": USERS * ITEMS - 1})
    run, _ = fused(folder, graph, "sum", config=config)
    assert run.users.vectors.shape == (USERS, 8)
    np.testing.assert_array_equal(run.users.vectors, run.teacher.learnt.users)


def test_without_a_refit_what_is_served_has_learnt_train_alone(tmp_path, graph):
    for seed, name in enumerate("ab"):
        learn(tmp_path / name, graph, train={"seed": seed, "refit": False})
    run, _ = fused(tmp_path, graph, "sum")
    np.testing.assert_array_equal(run.teacher.learnt.items, run.teacher.validated.items)
    parts = prepare_as_run(run, graph).split_log
    assert learnt_rows(run, parts).tolist() == parts.split.train.tolist()


def test_a_run_asked_by_neighbours_too_is_judged_so_by_those_of_train(folder, graph):
    first = read_run(folder / "a")
    none = Neighbours(np.zeros((ITEMS, 0), np.int32), np.zeros((ITEMS, 0), np.float32))
    told = {"similar": {"params": {"RP3beta": {"alpha": 1.0, "beta": 0.4}}}}
    asked = replace(first, retrieve="vectors+similar", similar=SimilarItems("rp3beta", (none,)), fused=first.fused | told)
    write_run(folder / "a", asked)
    zeros = VectorScorer(np.zeros((USERS, 8), np.float32), np.zeros((ITEMS, 8), np.float32))
    know(folder, "a", zeros)
    run, report = fused(folder, graph, "sum")
    valid = prepare_as_run(first, graph).split_log.valid()
    assert report.of("a").value > evaluate(zeros, valid, ks=(20,)).metrics["ndcg@20"] + 0.1
    assert run.metrics["valid/vectors+similar/ndcg@20"] > 0
    assert (run.retrieve, run.fused["similar"]) == ("vectors+similar", told["similar"])


def test_domains_stay_apart(tmp_path):
    read = {READ.triple: edges([(u, i) for u in range(24) for i in range(6) if u % 2 == i % 2])}
    both = replace(goods_and_articles(), edges=snapshot(checkerboard()).edges | read)
    for seed, name in enumerate("ab"):
        learn(tmp_path / name, both, train={"seed": seed})
    run, _ = fused(tmp_path, both, "sum")
    assert [(part.label, part.ids.tolist()) for part in run.items] == [("Item", list(range(24))), ("Article", list(range(6)))]
    assert run.metrics.keys() >= {"ndcg@20/Item", "ndcg@20/Article", "valid/ndcg@20/Article"}
    assert run.metrics["valid/ndcg@20/Article"] != read_run(tmp_path / "a").metrics["valid/ndcg@20/Article"]
    write_run(tmp_path / "b", replace(read_run(tmp_path / "b"), items=tuple(reversed(run.items))))
    with pytest.raises(TrainingError, match=r"its items are \['Article', 'Item'\], in another order than \['Item'"):
        read_several([tmp_path / "a", tmp_path / "b"])


def test_a_run_chosen_by_another_task_is_judged_by_its_ranking(folder, graph):
    first = read_run(folder / "a")
    write_run(folder / "a", replace(first, config=first.config | {"train": first.config["train"] | {"metric": "rating.rmse"}}))
    assert fused(folder, graph, "sum")[1].metric == "ndcg@20"


def test_it_has_no_network_to_explain_by(folder, graph):
    run = fused(folder, graph, "sum")[0]
    config = CONFIG.model_copy(update={"run_folder": folder / "out"})
    with pytest.raises(TrainingError, match=r"is fused of a and b, and has no network of its own; ask one of these"):
        read_network(run, graph, config, silent)


def test_the_table_tells_all_that_was_tried(folder, graph, capsys):
    shutil.copytree(folder / "b", folder / "c")
    know(folder, "a", parity())
    know(folder, "c", VectorScorer(parity().users, parity().items[::-1]))
    console.width = 200
    _, report = fused(folder, graph, names=("a", "c"))
    _print(report)
    out = " ".join(capsys.readouterr().out.split())
    assert "c: not averaged, as it is not connected; half way from a to it ndcg@20 is" in out
    assert "average was not tried: no other run is connected with a" in out
    assert "nothing was fused: nothing is surely better than a alone. " in out
    assert json.dumps(report.as_dict())


def test_another_graph_than_that_learnt_from_is_refused(folder):
    with pytest.raises(EvaluationError, match="changed since training"):
        fused(folder, snapshot(checkerboard(withheld=[(0, 0)])))


def test_a_split_without_validation_is_refused(folder, graph):
    for name in ("a", "b"):
        run = read_run(folder / name)
        write_run(folder / name, replace(run, config=run.config | {"split": run.config["split"] | {"valid": 0.01}}))
    with pytest.raises(TrainingError, match="no validation part to choose by; give it some"):
        fused(folder, graph)


def test_a_way_that_there_is_not_is_refused(folder, graph):
    with pytest.raises(ConfigError, match="got 'product' to take; expected one of sum, fitted, average"):
        fused(folder, graph, "product")
