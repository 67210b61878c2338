"""Users who took something back since a training: their learnt vectors are moved by what that says of them."""

from dataclasses import replace

import numpy as np
import pytest

from gnn.vector_scorer import of_length_one
from graph.progress import silent
from graph.snapshot import EdgeColumns
from hopline.config import Config
from hopline.errors import TrainingError
from hopline.fit import fit
from hopline.liked import drop_user, load_liked, read_liked, write_liked
from hopline.online.taken_back import without_taken_back
from hopline.run_folder import read_run, write_run
from tests.small_graphs import RATED, checkerboard, snapshot

CONFIG = Config().changed(
    {
        "train": {"epochs": 3},
        "model": {"embedding_size": 8},
        "split": {"valid": 0.2, "test": 0.2},
        "fuse": {"ials": 0.0, "scales": [], "distil": {"steps": 20}},
    }
)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    told = (silent, lambda _r: None, lambda _e, _s, _n: None, lambda _r: None)
    write_run(folder, fit(snapshot(), CONFIG.model_copy(update={"run_folder": folder}), 0, *told))
    return read_run(folder), load_liked(folder)


def without(gone, more=()):
    """The graph without the pairs in ``gone``, and with those in ``more``."""
    return snapshot(sorted((set(checkerboard()) - set(gone)) | set(more)))


def test_a_run_keeps_what_its_users_liked(run):
    learnt, liked = run
    assert liked.toarray().tolist() == [[int(u % 2 == i % 2) for i in range(24)] for u in range(24)]
    assert learnt.known.tolist() == [12] * 24


def test_where_nothing_was_taken_back_the_run_is_as_it_was(run):
    learnt, liked = run
    for graph in (snapshot(), without([], more=[(0, 1), (3, 2)])):
        back = without_taken_back(learnt, liked, graph)
        assert back.run is learnt
        assert (back.users, back.digest) == (0, "")


def test_a_vector_is_moved_by_the_difference_whether_or_not_something_came_since(run):
    learnt, liked = run
    gone = [(2, 0), (2, 4), (5, 7)]
    back = without_taken_back(learnt, liked, without(gone, more=[(2, 1), (2, 3)]))  # as many came as went
    assert back.users == 2
    changed = np.flatnonzero((back.run.users.vectors != learnt.users.vectors).any(axis=1))
    assert changed.tolist() == [2, 5]
    assert back.run.known.tolist() == [12 - 2 * (user == 2) - (user == 5) for user in range(24)]
    had = [item for item in range(24) if item % 2 == 0]
    left = [item for item in had if item not in {0, 4}]
    was = learnt.users.vectors[2]
    moved = of_length_one(was[None])[0] + learnt.student.vector(left) - learnt.student.vector(had)
    length = np.linalg.norm(was)
    assert back.run.users.vectors[2] == pytest.approx(length * moved / np.linalg.norm(moved), rel=1e-4)
    assert without_taken_back(learnt, liked, without(gone)).digest == back.digest
    assert without_taken_back(learnt, liked, without(gone[:1])).digest != back.digest


def test_of_whom_nothing_is_left_nothing_is_known(run):
    learnt, liked = run
    back = without_taken_back(learnt, liked, without([(6, item) for item in range(0, 24, 2)], more=[(6, 1)]))
    assert not back.run.users.vectors[6].any()
    assert back.run.known[6] == 0


def test_events_of_an_item_that_was_deleted_are_taken_back_and_users_who_were_deleted_stay(run):
    learnt, liked = run
    graph = snapshot()
    rated = graph.edges[RATED]
    kept = (rated.target != 23) & (rated.source != 0)
    users = replace(graph.nodes["User"], ids=np.arange(1, 24), columns={"age": np.arange(23.0)})
    items = replace(graph.nodes["Item"], ids=np.arange(23), columns={"genres": [[]] * 23})
    edges = EdgeColumns(rated.source[kept] - 1, rated.target[kept], rated.value[kept], None)
    graph = replace(graph, nodes={**graph.nodes, "User": users, "Item": items}, edges={**graph.edges, RATED: edges})
    back = without_taken_back(learnt, liked, graph)
    assert back.users == 12  # all who met the item
    assert np.array_equal(back.run.users.vectors[0], learnt.users.vectors[0])
    assert back.run.known[0] == 12
    assert back.run.known[1] == 11


def test_a_run_that_did_not_keep_it_or_has_no_student_stays(run):
    learnt, liked = run
    graph = without([(2, 0)])
    assert without_taken_back(learnt, None, graph).run is learnt
    assert without_taken_back(replace(learnt, student=None), liked, graph).users == 0


def test_what_is_damaged_or_of_other_users_says_so(run, tmp_path):
    learnt, liked = run
    assert load_liked(tmp_path) is None
    (tmp_path / "liked.npz").write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(TrainingError, match="run `hopline train` again"):
        load_liked(tmp_path)
    with pytest.raises(TrainingError, match="of 23 users and 24 items"):
        without_taken_back(learnt, liked[1:], snapshot())


def test_a_user_is_dropped(tmp_path):
    liked = read_liked(snapshot())
    write_liked(tmp_path, liked)
    drop_user(tmp_path, 3)
    assert np.array_equal(load_liked(tmp_path).toarray(), np.delete(liked.toarray(), 3, axis=0))
    with pytest.raises(IndexError):
        drop_user(tmp_path, 99)
