"""What users like in a graph, as it is read; kept with a run, so that what was taken back since is known."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from graph.asking import liking_types
from graph.snapshot import Snapshot
from hopline.errors import TrainingError
from loaders.interactions import read_interactions

_FILE = "liked.npz"


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


def write_liked(folder: Path, liked: sparse.csr_array) -> None:
    """Write it to a run's folder."""
    draft = folder / f"{_FILE}.tmp"
    with draft.open("wb") as file:
        sparse.save_npz(file, liked, compressed=False)
    draft.replace(folder / _FILE)


def load_liked(folder: Path) -> sparse.csr_array | None:
    """Return what the users of the run in ``folder`` liked; None for a run of a Hopline that did not keep it.

    Raises:
        TrainingError: it is damaged.
    """
    try:
        with (folder / _FILE).open("rb") as file:
            return sparse.csr_array(sparse.load_npz(file))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise TrainingError(
            f"what the users of the run in {folder} liked cannot be read ({error}); run `hopline train` again"
        ) from error


def drop_user(folder: Path, row: int) -> None:
    """Take one user out of it.

    Raises:
        TrainingError: it is damaged.
        IndexError: it has no such user.
    """
    liked = load_liked(folder)
    if liked is not None:
        write_liked(folder, sparse.csr_array(liked[np.delete(np.arange(liked.shape[0]), row)]))
