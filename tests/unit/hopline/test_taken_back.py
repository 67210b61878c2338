"""Users who took something back since a training: their learnt vectors are moved by what that says of them."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from gnn.interactions import Interactions
from gnn.vector_scorer import of_length_one
from graph.progress import silent
from graph.schema import Schema
from graph.snapshot import EdgeColumns
from hopline.config import Config
from hopline.errors import TrainingError
from hopline.fit import fit
from hopline.liked import Liked, drop_user, load_liked, read_liked, write_liked
from hopline.online.taken_back import without_taken_back
from hopline.run_folder import read_run, write_run
from tests.small_graphs import RATED, SAW, SCHEMA, checkerboard, edges, snapshot

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
    assert liked.number.toarray().tolist() == [[int(u % 2 == i % 2) for i in range(24)] for u in range(24)]
    assert learnt.known.tolist() == [12] * 24
    assert set(liked.learnt.sum(axis=1).tolist()) == {10}  # two of twelve were held out to test on


def test_where_nothing_was_taken_back_the_run_is_as_it_was(run):
    learnt, liked = run
    for graph in (snapshot(), without([], more=[(0, 1), (3, 2)])):
        back = without_taken_back(learnt, liked, graph)
        assert back.run is learnt
        assert (back.lost.tolist(), back.digest) == ([0] * 24, "")


def learnt_of(liked, user):
    """The items that a user's vector was learnt from, and those that were held out."""
    had = np.flatnonzero(liked.learnt.toarray()[user]).tolist()
    return had, [item for item in range(user % 2, 24, 2) if item not in had]


def test_a_vector_is_moved_by_the_difference_whether_or_not_something_came_since(run):
    learnt, liked = run
    had, _ = learnt_of(liked, 2)
    gone = [(2, had[0]), (2, had[3]), (5, learnt_of(liked, 5)[0][0])]
    back = without_taken_back(learnt, liked, without(gone, more=[(2, 1), (2, 3)]))  # as many came as went
    changed = np.flatnonzero((back.run.users.vectors != learnt.users.vectors).any(axis=1))
    assert changed.tolist() == [2, 5]
    assert back.lost.tolist() == [2 * (user == 2) + (user == 5) for user in range(24)]
    assert back.run.known.tolist() == (12 - back.lost).tolist()
    left = [item for item in had if item not in {had[0], had[3]}]
    was = learnt.users.vectors[2]
    moved = of_length_one(was[None])[0] + learnt.student.vector(left) - learnt.student.vector(had)
    length = np.linalg.norm(was)
    assert back.run.users.vectors[2] == pytest.approx(length * moved / np.linalg.norm(moved), rel=1e-4)
    assert without_taken_back(learnt, liked, without(gone)).digest == back.digest
    assert without_taken_back(learnt, liked, without(gone[:1])).digest != back.digest


def test_what_is_taken_back_counts_what_it_counted_when_it_was_learnt(tmp_path):
    """Ratings from 1 to 5, of which 1 is nothing: a learnt event counts (value - 1) / 4, in the student and when it goes."""
    weighed = CONFIG.changed({"behaviours": {"of": {"rating": {"value": "rating", "neutral": 1}}}})
    told = (silent, lambda _r: None, lambda _e, _s, _n: None, lambda _r: None)
    write_run(tmp_path, fit(snapshot(), weighed.model_copy(update={"run_folder": tmp_path}), 0, *told))
    learnt, liked = read_run(tmp_path), load_liked(tmp_path)
    user = 2
    had = np.flatnonzero(liked.learnt.toarray()[user])
    counts = (had + user) % 5 / 4  # small_graphs rates 1 + (user + item) % 5
    assert liked.learnt.toarray()[user, had] == pytest.approx(counts)
    gone, is_left = had[counts.argmax()], np.arange(len(had)) != counts.argmax()
    back = without_taken_back(learnt, liked, without([(user, gone)]))
    was = learnt.users.vectors[user]
    left, all_of_it = (learnt.student.vector(had[rows], counts[rows]) for rows in (is_left, slice(None)))
    moved = of_length_one(was[None])[0] + left - all_of_it
    assert back.run.users.vectors[user] == pytest.approx(np.linalg.norm(was) * moved / np.linalg.norm(moved), rel=1e-4)
    counted_alike = learnt.student.vector(had[is_left]) - learnt.student.vector(had)
    assert np.abs(counted_alike - (left - all_of_it)).max() > 0.01
    drop_user(tmp_path, 0)
    assert np.array_equal(load_liked(tmp_path).learnt.toarray(), liked.learnt.toarray()[1:])


def test_who_is_left_with_what_counts_nothing_is_still_known_by_what_was_learnt(run, tmp_path):
    """What a user liked may count nothing for the student, as neutral ratings do; the network learnt from it."""
    learnt, liked = run
    nothing = liked.learnt.copy()
    nothing.data[nothing.indptr[2] : nothing.indptr[3]] = 0
    write_liked(tmp_path, replace(liked, learnt=nothing))
    kept = load_liked(tmp_path)
    assert np.diff(kept.learnt.indptr)[2] == 10  # zeros that are there
    gone = learnt_of(liked, 2)[0]
    back = without_taken_back(learnt, kept, without([(2, gone[0])]))
    assert back.lost[2] == 1
    assert back.run.users.vectors[2] == pytest.approx(learnt.users.vectors[2], abs=1e-6)
    assert learnt.users.vectors[2].any()
    assert not without_taken_back(learnt, kept, without([(2, item) for item in gone])).run.users.vectors[2].any()


def test_zeros_that_are_there_are_liked_too():
    twice = snapshot([(0, 0), (1, 1)])
    counts = sparse.csr_array((np.array([0.0, 0.5, 1.0], np.float32), ([0, 1, 2], [0, 1, 2])), shape=(24, 24))
    learnt = Liked.of(twice, counts).learnt  # the third is not in the graph
    assert np.argwhere(learnt.toarray()).tolist() == [[1, 1]]
    assert learnt.nnz == 2


def test_what_was_held_out_is_taken_back_from_the_count_alone(run):
    learnt, liked = run
    back = without_taken_back(learnt, liked, without([(4, learnt_of(liked, 4)[1][0])]))
    assert back.run.known[4] == 11
    assert back.run.users.vectors[4] == pytest.approx(learnt.users.vectors[4], abs=1e-6)


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
    assert back.lost.tolist() == [user % 2 for user in range(24)]  # all who met the item
    assert np.array_equal(back.run.users.vectors[0], learnt.users.vectors[0])
    assert back.run.known[0] == 12
    assert back.run.known[1] == 11


def test_a_run_that_did_not_keep_it_or_has_no_student_stays(run):
    learnt, liked = run
    graph = without([(2, 0)])
    assert without_taken_back(learnt, None, graph).run is learnt
    assert not without_taken_back(replace(learnt, student=None), liked, graph).lost.any()


def test_what_is_damaged_or_of_other_users_says_so(run, tmp_path):
    learnt, liked = run
    assert load_liked(tmp_path) is None
    (tmp_path / "liked.npz").write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(TrainingError, match="run `hopline train` again"):
        load_liked(tmp_path)
    with pytest.raises(TrainingError, match="of 23 users and 24 items"):
        without_taken_back(learnt, liked.without_user(0), snapshot())


def test_it_is_read_back_as_it_was_written_and_a_user_is_dropped(tmp_path):
    twice = snapshot([(0, 0), (1, 1), (2, 0), (3, 5)])
    seen = replace(edges([(0, 0), (2, 2)]), time=np.array([1, 2]))
    twice = replace(
        twice, schema=Schema(nodes=SCHEMA.nodes, edges=(*SCHEMA.edges, SAW)), edges={**twice.edges, SAW.triple: seen}
    )
    liked = Liked.of(twice, Interactions(np.array([0, 3]), np.array([0, 5]), 24, 24).matrix())
    assert liked.number.toarray()[0, 0] == 2
    write_liked(tmp_path, liked)
    found = load_liked(tmp_path)
    assert np.array_equal(found.number.toarray(), read_liked(twice).toarray())
    assert np.argwhere(found.learnt.toarray()).tolist() == [[0, 0], [3, 5]]
    drop_user(tmp_path, 1)
    dropped = load_liked(tmp_path)
    assert np.array_equal(dropped.number.toarray(), np.delete(found.number.toarray(), 1, axis=0))
    assert np.argwhere(dropped.learnt.toarray()).tolist() == [[0, 0], [2, 5]]
    with pytest.raises(IndexError):
        drop_user(tmp_path, 99)
