"""Learnt vectors of users who took something back since: moved by the difference that it makes to the student."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from gnn.vector_scorer import of_length_one
from graph.embeddings import Embeddings
from graph.snapshot import Snapshot
from hopline.errors import TrainingError
from hopline.liked import Liked, is_among, read_liked
from hopline.online.rows import item_rows, rows_of
from hopline.run_folder import Run


@dataclass(frozen=True)
class TakenBack:
    """A run as it is without what was taken back, and how many events of each of its users that was, ``lost`` int64[num_users].

    ``digest`` tells which they were, empty where there were none.
    """

    run: Run
    lost: NDArray[np.int64]
    digest: str = ""


def without_taken_back(run: Run, liked: Liked | None, snapshot: Snapshot) -> TakenBack:
    """Return a run whose users' vectors are moved by what of ``liked`` is no longer in the graph, with or without events since.

    A vector is moved by what the student makes of what is left of what was learnt, less what it made of all that, and keeps its
    length. Of whom nothing is left nothing is known: they are asked for as somebody new. ``liked`` None: it was not kept, and
    nothing is moved. Events of items that were deleted are taken back, too; users who were deleted stay as they were, for
    whoever publishes to leave out.

    Raises:
        TrainingError: ``liked`` is of other users or items.
    """
    none = np.zeros(len(run.users.ids), np.int64)
    if liked is None or run.student is None or run.known is None:
        return TakenBack(run, none)
    now = _of_run(run, snapshot)
    if liked.number.shape != now.shape:
        raise TrainingError(
            "what the run's users liked is of {:,} users and {:,} items, the run of {:,} and {:,}; run `hopline train` "
            "again".format(*liked.number.shape, *now.shape)
        )
    is_there = rows_of(run.users.ids, snapshot.nodes[snapshot.schema.user.label].ids) >= 0
    lost = sparse.csr_array(liked.number - liked.number.minimum(now))
    lost.data[~np.repeat(is_there, np.diff(lost.indptr))] = 0
    lost.eliminate_zeros()
    rows = np.flatnonzero(np.diff(lost.indptr))
    if not len(rows):
        return TakenBack(run, none)
    had = sparse.csr_array(liked.learnt[rows])
    is_left = is_among(had, sparse.csr_array(now[rows] > 0))
    left = had.copy()
    left.data[~is_left] = 0
    num_left = np.bincount(had.tocoo().coords[0][is_left], minlength=len(rows))
    vectors = run.users.vectors.copy()
    vectors[rows] = _moved(vectors[rows], run.student.vectors(left), run.student.vectors(had))
    vectors[rows[num_left == 0]] = 0
    number = np.asarray(lost.sum(axis=1), np.int64).ravel()
    digest = hashlib.blake2b(lost.indptr.tobytes() + lost.indices.tobytes() + lost.data.tobytes(), digest_size=16)
    moved = replace(run, users=Embeddings(run.users.label, run.users.ids, vectors), known=run.known - number)
    return TakenBack(moved, number, digest.hexdigest())


def _moved(learnt: NDArray[np.float32], of_left: NDArray[np.float32], of_all: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return learnt vectors, float32[n, d], of users whom the student knows by what is left and knew by all."""
    length = np.linalg.norm(learnt, axis=1, keepdims=True)
    found: NDArray[np.float32] = of_length_one(of_length_one(learnt) + of_left - of_all) * length
    return found


def _of_run(run: Run, snapshot: Snapshot) -> sparse.csr_array:
    """Return what the run's users like in the graph, int32[num_users, num_items] in the run's order."""
    now, schema = read_liked(snapshot).tocoo(), snapshot.schema
    of_user = rows_of(snapshot.nodes[schema.user.label].ids, run.users.ids)
    of_item = item_rows(run, {kind.label: snapshot.nodes[kind.label].ids for kind in schema.items})
    user, item = of_user[now.coords[0]], of_item[now.coords[1]]
    is_known = (user >= 0) & (item >= 0)
    shape = len(run.users.ids), sum(len(part.ids) for part in run.items)
    return sparse.csr_array((now.data[is_known], (user[is_known], item[is_known])), shape=shape)
