"""Runs that can be fused, and what is said of those that cannot."""

import shutil
from dataclasses import replace

import numpy as np
import pytest

from gnn.vector_scorer import VectorScorer
from graph.embeddings import Embeddings
from hopline.config import Config
from hopline.errors import ConfigError, TrainingError
from hopline.fusion import TeacherVectors
from hopline.run_folder import Run, read_run, write_run
from hopline.several_runs import check_folders, read_several

USERS, ITEMS = 3, 4


def vectors(number):
    return np.ones((number, 2), np.float32)


def make_run(read_at):
    known = VectorScorer(vectors(USERS), vectors(ITEMS + 1))
    return Run(
        users=Embeddings("User", np.arange(USERS), vectors(USERS)),
        items=(Embeddings("Item", np.arange(ITEMS), vectors(ITEMS)), Embeddings("Article", np.array(["x"]), vectors(1))),
        popular={"Item": [0], "Article": []},
        config=Config().model_dump(mode="json"),
        metrics={},
        best_epoch=1,
        train_s=1.0,
        interactions="digest",
        read_at=read_at,
        cleaning={"interactions": 9, "kept": 8, "rules": []},
        teacher=TeacherVectors(known, known),
    )


@pytest.fixture
def folder(tmp_path):
    """Two runs that fit together, though they were read at other times."""
    for read_at, name in enumerate("ab"):
        write_run(tmp_path / name, make_run(read_at))
    return tmp_path


def read(folder, *names):
    return read_several([folder / name for name in names])


def test_runs_that_fit_together_are_read_in_the_order_in_which_they_are_named(folder):
    found = read(folder, "b", "a")
    assert [(one.name, one.folder, one.run.read_at) for one in found] == [("b", folder / "b", 1), ("a", folder / "a", 0)]
    assert found[0].teacher.learnt.items.shape == (ITEMS + 1, 2)


def test_runs_are_named_by_their_paths_where_folders_names_do_not_tell(folder):
    for name in ("one/run", "other/run", "sum"):
        shutil.copytree(folder / "b", folder / name)
    for names in (("one/run", "other/run"), ("a", "sum")):
        assert [one.name for one in read(folder, *names)] == [str((folder / name).resolve()) for name in names]


def told(section, **keys):
    return lambda run: replace(run, config=run.config | {section: run.config[section] | keys})


def with_other_id(part):
    return Embeddings(part.label, np.append(part.ids[:-1], 99), part.vectors)


def turned(part):
    return Embeddings(part.label, part.ids[::-1], part.vectors)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (told("split", seed=7), r"its \[split\] seed is 7, and 0 there; train it again by the same configuration, or leave it"),
        (told("clean", bots=True), r"its \[clean\] bots is True, and .* there"),
        (told("behaviours", half_life_days=9.0), r"its \[behaviours\] half_life_days is 9.0, and None there"),
        (told("behaviours", of={"x": {"weight": 2}}), r"its \[behaviours\] of.x is \{'weight': 2\}, and None there"),
        (told("train", refit=False), r"its \[train\] refit is False, and True there"),
        (lambda run: replace(run, interactions="other"), r"the graph's interactions changed between the two; train both on"),
        (lambda run: replace(run, cleaning=run.cleaning | {"kept": 5}), r"cleaning, which knows .*, kept 5 .*, and 8 there"),
        (
            lambda run: replace(run, users=with_other_id(run.users)),
            r"it knows 3 of User, and 3 are known there, of which one alone knows 2; train both on the graph as it is now",
        ),
        (lambda run: replace(run, users=turned(run.users)), r"it knows 3 of User, and 3 are known there, in another order"),
        (lambda run: replace(run, items=(with_other_id(run.items[0]), run.items[1])), r"it knows 4 of Item, and 4 are known"),
        (
            lambda run: replace(run, items=(replace(run.items[0], label="Film"), run.items[1])),
            r"its items are \['Film', 'Article'\], others than \['Item', 'Article'\] there; train both by the same \[graph_s",
        ),
        (
            lambda run: replace(run, items=run.items[::-1]),
            r"its items are \['Article', 'Item'\], in another order than \['Item', 'Article'\] there",
        ),
    ],
)
def test_runs_that_do_not_fit_together_are_refused_with_what_differs(folder, change, why):
    write_run(folder / "b", change(read_run(folder / "b")))
    with pytest.raises(TrainingError, match=rf"the run in .*b cannot be fused with that in .*a: {why}"):
        read(folder, "a", "b")


def test_a_folder_without_a_run_or_without_what_it_was_distilled_from_is_told(folder):
    with pytest.raises(TrainingError, match=r"no finished training run in .*nothing; run `hopline train` first"):
        read(folder, "a", "nothing")
    few = VectorScorer(vectors(2), vectors(ITEMS + 1))
    write_run(folder / "b", replace(read_run(folder / "b"), teacher=TeacherVectors(few, few)))
    with pytest.raises(
        TrainingError, match=r"distilled from has 2 users and 5 items; expected 3 and 5: run `hopline train` aga"
    ):
        read(folder, "a", "b")
    (folder / "b" / "teacher.safetensors").unlink()
    with pytest.raises(TrainingError, match=r"what the run in .*b would be distilled from cannot be read"):
        read(folder, "a", "b")


@pytest.mark.parametrize(
    ("names", "out", "why"),
    [
        ((), "out", "got no run to fuse; expected two or more folders"),
        (("a",), "out", "got the run .*a alone to fuse; expected two or more folders"),
        (("a", "b", "b/../a"), "out", "got the run .*a twice; name each folder once"),
        (("a", "b"), "b/", "got .*b to write to, which is one of the runs to fuse"),
        (("a", "b"), "c", "there is a run in .*c already; name another folder"),
        (("a", "b"), "file", "got .*file to write to, which is no folder"),
    ],
)
def test_folders_that_make_no_sense_are_refused(folder, names, out, why):
    shutil.copytree(folder / "b", folder / "c")
    (folder / "file").write_text("")
    with pytest.raises(ConfigError, match=why):
        check_folders([folder / name for name in names], folder / out)


def test_a_new_folder_or_one_without_a_finished_run_may_be_written_to(folder):
    (folder / "cut off").mkdir()
    for out in ("new", "cut off"):
        check_folders([folder / "a", folder / "b"], folder / out)
