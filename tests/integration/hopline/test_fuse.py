"""`hopline fuse`, from two trained runs to answers out of the database."""

import json
from pathlib import Path

import pytest

from graph.releases import active_release
from hopline import Recommender, run_folder
from hopline.errors import ReleaseError
from hopline.run_draft import learnt_from
from hopline.run_folder import has_run, is_release_of, read_run
from hopline.teacher_file import read_teacher
from tests.small_files import WITHHELD
from tests.small_releases import rows

pytestmark = pytest.mark.integration


@pytest.fixture
def two_runs(hopline, workplace, monkeypatch):
    """Runs of other seeds and sizes in ``runs/a`` and ``runs/b``, and a way to say which of all runs a command takes."""

    def take(name):
        monkeypatch.setenv("HOPLINE_RUN_FOLDER", f"runs/{name}")

    hopline("import", "films", "--json")
    for seed, (name, size) in enumerate({"a": 8, "b": 6}.items()):
        take(name)
        monkeypatch.setenv("HOPLINE_MODEL__EMBEDDING_SIZE", str(size))
        assert hopline("train", "--epochs", "4", "--seed", seed, "--quiet")[0] == 0
    monkeypatch.delenv("HOPLINE_MODEL__EMBEDDING_SIZE")
    monkeypatch.delenv("HOPLINE_RUN_FOLDER")
    return take


def as_json(result):
    status, out, err = result
    assert (status, err) == (0, "")
    return json.loads(out)


def test_two_runs_are_fused_published_compressed_and_asked_as_one(hopline, two_runs, database, workplace):
    report = as_json(hopline("fuse", "runs/a", "runs/b", "--out", "runs/ab", "--take", "average", "--json"))
    assert (report["taken"], report["first"], report["out"]) == ("average", "a", "runs/ab")
    assert report["tried"].keys() >= {"a", "b", "sum", "average"}
    assert not (workplace / "runs" / "default" / "snapshot").exists()
    two_runs("ab")
    published = as_json(hopline("publish", "--json"))
    assert published["metrics"]["ndcg@20"] == report["metrics"]["ndcg@20"]
    with Recommender.from_config() as recommender:
        for user, film in WITHHELD.items():
            answer = recommender.recommend(user, k=3)
            assert answer.by_model
            assert int(answer.items[0].id[1:]) % 2 == int(film[1:]) % 2
        assert recommender.evaluate(peers=False).rows[0].metrics["ndcg@20"] == pytest.approx(report["metrics"]["ndcg@20"])
    assert as_json(hopline("export-student", "student.onnx", "--json"))["items"] == 24
    assert as_json(hopline("compress", "--size", "3", "--code", "float32", "--json"))["chosen"]["size"] == 3
    assert hopline("publish", "--canary", "--json")[0] == 0
    assert {column.dimensions for column in active_release(database).columns} == {4}


def test_what_serves_is_the_fused_run_and_not_the_first_one(hopline, two_runs, database, workplace):
    hopline("fuse", "runs/a", "runs/b", "--out", "runs/ab", "--take", "sum", "--quiet")
    two_runs("ab")
    hopline("publish", "--json")
    serving = active_release(database).data
    assert is_release_of(learnt_from(read_run(workplace / "runs" / "ab")), serving)
    assert not is_release_of(learnt_from(read_run(workplace / "runs" / "a")), serving)
    with Recommender.from_config() as recommender:
        recommender.ingest([{"user": "new", "item": f"f{2 * film}", "behaviour": "rating", "value": 5} for film in range(6)])
        assert recommender.learn().events == 6
    two_runs("a")
    with Recommender.from_config() as recommender, pytest.raises(ReleaseError, match=r"is not of the run in runs.a"):
        recommender.learn()


def test_who_is_erased_is_told_to_be_in_the_runs_it_was_fused_of_or_to_too(hopline, two_runs, workplace):
    hopline("fuse", "runs/a", "runs/b", "--out", "runs/ab", "--take", "sum", "--quiet")
    folders = [workplace / "runs" / name for name in ("ab", "a", "b")]
    for number, name in enumerate(("ab", "a", "b")):
        two_runs(name)
        left = as_json(hopline("erase", "--user", "u3", "--yes", "--json"))["left"]
        assert ["u3" in read_run(folder).users.ids for folder in folders] == [other > number for other in range(3)]
        told = [one.partition(": a run that ")[::2] for one in left if "fused of" in one]
        others = "this one was fused of" if name == "ab" else "was fused of this one"
        assert [Path(path).resolve() for path, _ in told] == (folders[1:] if name == "ab" else folders[:1])
        assert all(what.startswith(others) for _, what in told)
    assert read_teacher(folders[0]).learnt.users.shape == (23, 8)


def test_where_nothing_is_better_the_table_says_so_and_nothing_is_written(hopline, two_runs, workplace):
    status, out, _ = hopline("fuse", "runs/a", "runs/b", "--out", "runs/ab", "--quiet")
    told = " ".join(out.split())
    assert status == 0
    assert "nothing was fused: " in told
    assert "half way from a to it" in told
    assert not (workplace / "runs" / "ab").exists()
    assert as_json(hopline("fuse", "runs/a", "runs/b", "--out", "runs/ab", "--json"))["out"] is None


def test_cut_off_half_way_there_is_no_run_and_the_next_call_makes_it(two_runs, workplace, monkeypatch):
    def cut_off(_folder, _teacher):
        raise KeyboardInterrupt

    folder = workplace / "runs" / "ab"
    with Recommender.from_config() as recommender:
        with monkeypatch.context() as cut:
            cut.setattr(run_folder, "write_teacher", cut_off)
            with pytest.raises(KeyboardInterrupt):
                recommender.fuse(["runs/a", "runs/b"], folder, "sum")
        assert (folder / "vectors.safetensors").exists()
        assert not has_run(folder)
        assert recommender.fuse(["runs/a", "runs/b"], folder, "sum").taken == "sum"
    assert read_run(folder).fused["members"] == {"a": 0.5, "b": 0.5}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("runs/a", "--out", "runs/ab"), "got the run runs/a alone to fuse; expected two or more folders"),
        (("runs/a", "runs/a", "--out", "runs/ab"), "got the run runs/a twice"),
        (("runs/a", "runs/b", "--out", "runs/a"), "is one of the runs to fuse"),
        (
            ("runs/none", "runs/a", "--out", "runs/ab"),
            "there is no finished training run in runs/none; run `hopline train` first",
        ),
    ],
)
def test_runs_that_cannot_be_fused_are_refused_with_one_message(hopline, arguments, told):
    status, out, err = hopline("fuse", *arguments)
    assert (status, out) == (1, "")
    assert told in " ".join(err.split())


def test_a_graph_that_changed_since_is_refused(hopline, two_runs, database):
    rows(database, "MATCH (:User)-[r:RATED]->(:Item) WITH r LIMIT 1 DELETE r")
    status, out, err = hopline("fuse", "runs/a", "runs/b", "--out", "runs/ab", "--quiet")
    assert (status, out) == (1, "")
    assert "changed since training; run `hopline train` again" in " ".join(err.split())


def test_a_way_that_there_is_not_is_a_usage_error(hopline):
    status, _, err = hopline("fuse", "a", "b", "--out", "ab", "--take", "product")
    assert status == 2
    assert "'product' is not one of 'sum', 'fitted', 'average'" in " ".join(err.replace("│", " ").split())
