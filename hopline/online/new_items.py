"""Vectors of items that came since the training: of what is known of them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.snapshot import Snapshot
from hopline.node_properties import encode_rows, features_of
from hopline.online.rows import rows_of
from hopline.run_folder import Run
from hopline.unmet_items import UnmetItems
from loaders.interactions import read_interactions


@dataclass(frozen=True)
class NewItems:
    """Items of one domain that a run has not learnt: ``ids`` [n], and what they are placed by, None where there are none.

    ``learnt`` int64[num_items] is the row among the run's items of each that the graph has, -1 of those that came.
    """

    ids: NDArray[Any]
    learnt: NDArray[np.int64]
    by: UnmetItems | None

    def placed(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return vectors of the items, float32[n, d], by those of the run's, float32[m, d]."""
        if self.by is None:
            return np.zeros((0, vectors.shape[1]), np.float32)
        return self.by.vectors(vectors[np.maximum(self.learnt, 0)])


def digest_of_new(snapshot: Snapshot, run: Run) -> str:
    """Return what tells which items a run does not know, and how many facts there are; empty where it knows all.

    While it stays, :func:`new_items` gives the same, which takes encoding what is known of many items.
    """
    digest, is_any = hashlib.blake2b(digest_size=16), False
    for part in run.items:
        ids = snapshot.nodes[part.label].ids
        came = ids[rows_of(ids, part.ids) < 0]
        digest.update(f"{part.label} {came.tolist()}".encode())
        is_any = is_any or len(came) > 0
    digest.update(str([len(snapshot.edges[kind.triple].source) for kind in snapshot.schema.knowledge]).encode())
    return digest.hexdigest() if is_any else ""


def new_items(snapshot: Snapshot, run: Run) -> dict[str, NewItems]:
    """Return, by domain, the items that a run does not know and of which the graph tells something: facts or features.

    Their vectors are those that items like them have. One of which nothing is known has to wait for the next training.

    Raises:
        FeatureError: the run's features were written by another version of Hopline, or by a text encoder that is not there.
    """
    return {part.label: _of_domain(snapshot, run, part.label, part.ids) for part in run.items}


def _of_domain(snapshot: Snapshot, run: Run, label: str, known: NDArray[Any]) -> NewItems:
    ids = snapshot.nodes[label].ids
    learnt = rows_of(ids, known)
    by = None
    if (learnt < 0).any():  # at most looks none came, and what is known need not be gathered
        log = read_interactions(snapshot)
        counts = np.bincount(log.item_index, minlength=len(log.items))[log.items.places[label]]
        by = UnmetItems.of(snapshot, label, encode_rows(features_of(run), snapshot, label), counts, learnt >= 0)
    return NewItems(ids[:0] if by is None else ids[by.unmet], learnt, by)
