import json
from dataclasses import replace

import numpy as np
import pytest

from gnn.inductive import Student
from gnn.vector_scorer import VectorScorer
from graph.embeddings import Embeddings
from graph.event_sum import EventSum
from graph.neighbours import Neighbours, SimilarItems
from hopline.errors import TrainingError
from hopline.run_draft import draft_run
from hopline.run_folder import Run, read_run, write_run


def make_run(ids=("a", "b")):
    vectors = np.arange(4, dtype=np.float32).reshape(2, 2)
    return Run(
        users=Embeddings("User", np.array(ids), vectors),
        items=(Embeddings("Item", np.array(["x", "y"]), vectors + 1),),
        popular={"Item": ["y"]},
        config={"train": {"epochs": 2}},
        metrics={"ndcg@20": 0.5},
        best_epoch=2,
        train_s=1.5,
        interactions="digest",
        read_at=1_700_000_000,
        cleaning={"kept": 3},
    )


@pytest.mark.parametrize("ids", [("a", "b"), (7, 8), ("Ивáн", 'quo"te')])
def test_a_run_is_read_back_as_it_was_written(tmp_path, ids):
    write_run(tmp_path / "new" / "run", make_run(ids))
    found = read_run(tmp_path / "new" / "run")
    assert found.users.ids.tolist() == list(ids)
    assert np.array_equal(found.users.vectors, make_run().users.vectors)
    assert np.array_equal(found.items[0].vectors, make_run().items[0].vectors)
    assert (found.popular, found.config, found.metrics) == ({"Item": ["y"]}, {"train": {"epochs": 2}}, {"ndcg@20": 0.5})
    assert (found.best_epoch, found.train_s, found.items[0].label) == (2, 1.5, "Item")


def test_domains_are_read_back_in_their_order_whatever_their_names(tmp_path):
    items = tuple(
        Embeddings(label, np.array(ids), np.full((2, 2), number, np.float32))
        for number, (label, ids) in enumerate({"Z `x`": [1, 2], "users": ["1", "2"], "名": ["a", "b"]}.items())
    )
    write_run(tmp_path, replace(make_run(), items=items, popular={"Z `x`": [2], "users": ["2"]}))
    found = read_run(tmp_path)
    assert found.popular == {"Z `x`": [2], "users": ["2"]}
    for one, other in zip(found.items, items, strict=True):
        assert (one.label, one.ids.tolist()) == (other.label, other.ids.tolist())
        assert np.array_equal(one.vectors, other.vectors)


def test_the_ranking_of_people_is_read_back_or_there_is_none(tmp_path):
    write_run(tmp_path, make_run())
    assert read_run(tmp_path).people is None
    asking, asked = np.ones((2, 3), np.float32), np.zeros((2, 3), np.float32)
    write_run(tmp_path, replace(make_run(), people=VectorScorer(asking, asked)))
    found = read_run(tmp_path).people
    assert np.array_equal(found.users, asking)
    assert np.array_equal(found.items, asked)


def test_the_student_is_read_back_or_there_is_none(tmp_path):
    write_run(tmp_path, make_run())
    assert read_run(tmp_path).student is None
    two = np.ones(2, np.float32)
    write_run(tmp_path, replace(make_run(), student=Student(np.eye(2, dtype=np.float32), EventSum(two, two, 0.75, 50.0))))
    assert read_run(tmp_path).student.vector([1]) == pytest.approx([1 / 5**0.5, 2 / 5**0.5])


def test_without_a_run_it_is_said_what_to_do(tmp_path):
    with pytest.raises(TrainingError, match=r"no finished training run in .*; run `hopline train` first"):
        read_run(tmp_path)


def test_a_run_cut_off_before_its_record_is_no_run(tmp_path):
    write_run(tmp_path, make_run())
    (tmp_path / "run.json").unlink()
    with pytest.raises(TrainingError, match="no finished training run"):
        read_run(tmp_path)


def cut_vectors(folder):
    path = folder / "vectors.safetensors"
    path.write_bytes(path.read_bytes()[:-3])


def other_vectors(folder):
    record = json.loads((folder / "run.json").read_text())
    (folder / "run.json").write_text(json.dumps(record | {"user_ids": ["a", "b", "c"]}))


def unknown_key(folder):
    record = json.loads((folder / "run.json").read_text())
    (folder / "run.json").write_text(json.dumps(record | {"surprise": 1}))


@pytest.mark.parametrize(
    "damage",
    [
        cut_vectors,
        other_vectors,
        unknown_key,
        lambda folder: (folder / "vectors.safetensors").unlink(),
        lambda folder: (folder / "run.json").write_text("{"),
        lambda folder: (folder / "run.json").write_text("[]"),
        lambda folder: (folder / "run.json").write_bytes(b"\xff\xfe"),
    ],
)
def test_a_damaged_run_is_told_and_training_again_is_advised(tmp_path, damage):
    write_run(tmp_path, make_run())
    damage(tmp_path)
    with pytest.raises(TrainingError, match=r"the run in .* cannot be read .*run `hopline train` again"):
        read_run(tmp_path)


@pytest.mark.parametrize("by", ["ease", "rp3beta"])
def test_neighbours_of_the_items_of_each_domain_are_read_back_or_there_are_none(tmp_path, by):
    write_run(tmp_path, make_run())
    assert read_run(tmp_path).similar is None
    near = Neighbours(np.array([[1], [0]], np.int32), np.array([[0.5], [0.0]], np.float32))
    other = Neighbours(np.zeros((2, 0), np.int32), np.zeros((2, 0), np.float32))
    items = (*make_run().items, Embeddings("Z `x`", np.array([1, 2]), np.ones((2, 2), np.float32)))
    run = replace(
        make_run(), items=items, popular={"Item": ["y"]}, similar=SimilarItems(by, (near, other)), retrieve="vectors+similar"
    )
    write_run(tmp_path, run)
    found = read_run(tmp_path).similar
    assert (found.by, [part.places.tolist() for part in found.of_domains]) == (by, [[[1], [0]], [[], []]])
    assert found.of_domains[0].weights.tolist() == [[0.5], [0.0]]
    assert draft_run(read_run(tmp_path)).retrieve == "vectors+similar"
    assert draft_run(read_run(tmp_path)).similar.of_domains[0].places.tolist() == [[1], [0]]
