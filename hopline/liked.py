"""What users like in a graph, as it is read; kept with a run, so that what was taken back since is known."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from graph.asking import liking_types
from graph.snapshot import Snapshot
from hopline.errors import TrainingError
from loaders.interactions import read_interactions

_FILE = "liked.npz"
_MOST = 2**15 - 1  # relationships of one user with one item that are told apart


@dataclass(frozen=True)
class Liked:
    """What the users of a run liked when it was learnt.

    ``number``: how many relationships that tell of liking each had with each item, int32[num_users, num_items], those that were
    held out or left out included. ``learnt``: those items that the vectors were learnt from, by what they counted for the
    student then (see :class:`graph.event_weights.EventWeights`), float32 of that shape; what counted nothing is a zero that is
    there.
    """

    number: sparse.csr_array
    learnt: sparse.csr_array

    @classmethod
    def of(cls, snapshot: Snapshot, learnt: sparse.csr_array) -> Liked:
        """Return what a graph tells, as it is read, and of it what was ``learnt``, float32[num_users, num_items]."""
        number = read_liked(snapshot)
        user, item = learnt.tocoo().coords
        is_there = is_among(learnt, number)
        there = learnt.data[is_there].astype(np.float32), (user[is_there], item[is_there])
        return cls(number, sparse.csr_array(there, shape=number.shape))

    def without_user(self, row: int) -> Liked:
        """Return it without one user.

        Raises:
            IndexError: there is no such user.
        """
        rows = np.delete(np.arange(self.number.shape[0]), row)
        return Liked(sparse.csr_array(self.number[rows]), sparse.csr_array(self.learnt[rows]))


def is_liked(snapshot: Snapshot) -> NDArray[np.bool_]:
    """Return which interactions tell of liking, bool[n], in the order of :func:`loaders.interactions.read_interactions`."""
    liked = set(liking_types(snapshot.schema))
    kinds = snapshot.schema.interactions
    return np.concatenate([np.full(len(snapshot.edges[kind.triple].source), kind.type in liked) for kind in kinds])


def read_liked(snapshot: Snapshot) -> sparse.csr_array:
    """Return how many relationships that tell of liking each user has with each item, int32[num_users, num_items].

    They are in the order of the snapshot's users, and of its items of all domains. Held-out ones count too, as what is
    compared with it is the graph.
    """
    log, rows = read_interactions(snapshot), is_liked(snapshot)
    where = log.user_index[rows], log.item_index[rows]
    shape = len(log.user_ids), len(log.items)
    return sparse.csr_array((np.ones(len(where[0]), np.int32), where), shape=shape, dtype=np.int32)


def write_liked(folder: Path, liked: Liked) -> None:
    """Write it to a run's folder: six bytes a pair, whose lowest bit tells whether it was learnt.

    Where not all count 1, each that was learnt takes four bytes more.
    """
    number = _sorted(liked.number)
    learnt = _sorted(liked.learnt)
    is_learnt = is_among(number, learnt)
    parts = {
        "data": np.minimum(number.data, _MOST).astype(np.uint16) << 1 | is_learnt,
        "indices": number.indices.astype(np.int32),
        "indptr": number.indptr.astype(np.int32),
        "shape": np.asarray(number.shape, np.int64),
    }
    if (learnt.data != 1).any():
        parts["weight"] = learnt.data.astype(np.float32)
    draft = folder / f"{_FILE}.tmp"
    with draft.open("wb") as file:
        np.savez(file, allow_pickle=False, **parts)
    draft.replace(folder / _FILE)


def _sorted(matrix: sparse.csr_array) -> sparse.csr_array:
    found = matrix.copy()
    found.sort_indices()
    return found


def is_among(matrix: sparse.csr_array, other: sparse.csr_array) -> NDArray[np.bool_]:
    """Return which entries of a matrix another has, too, in the order of its data; zeros that are there count as entries."""
    return np.isin(_places(matrix), _places(other), assume_unique=True)


def _places(matrix: sparse.csr_array) -> NDArray[np.int64]:
    """Return where a matrix has entries, as one number each, int64[m]."""
    rows, columns = matrix.tocoo().coords
    places: NDArray[np.int64] = rows.astype(np.int64) * matrix.shape[1] + columns
    return places


def load_liked(folder: Path) -> Liked | None:
    """Return what the users of the run in ``folder`` liked; None for a run of a Hopline that did not keep it.

    Raises:
        TrainingError: it is damaged.
    """
    try:
        with (folder / _FILE).open("rb") as file, np.load(file, allow_pickle=False) as kept:
            parts = {name: kept[name] for name in kept.files}
        shape, where = tuple(parts["shape"].tolist()), (parts["indices"], parts["indptr"])
        number = sparse.csr_array(((parts["data"] >> 1).astype(np.int32), *where), shape=shape)
        is_learnt = (parts["data"] & 1).astype(bool)
        user, item = number.tocoo().coords
        weight = parts["weight"] if "weight" in parts else np.ones(np.count_nonzero(is_learnt), np.float32)
        learnt = sparse.csr_array((weight, (user[is_learnt], item[is_learnt])), shape=shape)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise TrainingError(
            f"what the users of the run in {folder} liked cannot be read ({error}); run `hopline train` again"
        ) from error
    return Liked(number, learnt)


def drop_user(folder: Path, row: int) -> None:
    """Take one user out of it.

    Raises:
        TrainingError: it is damaged.
        IndexError: it has no such user.
    """
    liked = load_liked(folder)
    if liked is not None:
        write_liked(folder, liked.without_user(row))
