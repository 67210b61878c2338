"""Vectors of items that came since the training: of what they share facts with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from graph.snapshot import Snapshot
from hopline.online.rows import rows_of
from loaders.facts import facts_of

NEIGHBOURS = 50
_AT_ONCE = 1_000


@dataclass(frozen=True)
class NewItems:
    """Items of one domain that a run has not learnt: ``ids`` [n], and what each is made of.

    ``shares`` float32[n, m] are those of the m items of the run in the order of ``known``, rows that sum up to one.
    """

    ids: NDArray[Any]
    shares: sparse.csr_array

    def mixed(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return vectors of the items, float32[n, d], of those of the run's, float32[m, d]."""
        found: NDArray[np.float32] = np.asarray(self.shares @ vectors, np.float32)
        return found


def new_items(snapshot: Snapshot, label: str, known: NDArray[Any]) -> NewItems:
    """Return the items of a domain that are not ``known``, and share facts with some that are.

    An item is made of the ``NEIGHBOURS`` that are most like it, each as much as the cosine of their facts by tf-idf. One that
    shares no fact has to wait for the next training.
    """
    ids = snapshot.nodes[label].ids
    rows = rows_of(ids, known)
    new, old = np.flatnonzero(rows < 0), np.flatnonzero(rows >= 0)
    if not len(new):  # as at most looks: facts need not be gathered
        return NewItems(ids[new], sparse.csr_array((0, len(known)), dtype=np.float32))
    facts = facts_of(snapshot, label)
    kept, parts = [], []
    for first in range(0, len(new), _AT_ONCE):
        some = new[first : first + _AT_ONCE]
        like = sparse.csr_array(facts[some] @ facts[old].T)
        _keep_largest(like, NEIGHBOURS)
        total = np.asarray(like.sum(axis=1)).ravel()
        found = total > 0
        like = sparse.csr_array(sparse.diags_array(1 / total[found]) @ like[found]).tocoo()
        of_known = (like.coords[0], rows[old][like.coords[1]])
        parts.append(sparse.csr_array((like.data, of_known), shape=(int(found.sum()), len(known)), dtype=np.float32))
        kept.append(some[found])
    return NewItems(ids[np.concatenate(kept)], sparse.csr_array(sparse.vstack(parts)))


def _keep_largest(matrix: sparse.csr_array, number: int) -> None:
    """Set all but the ``number`` largest entries of each row to nothing."""
    for first, end in zip(matrix.indptr[:-1], matrix.indptr[1:], strict=True):
        if end - first > number:
            row = matrix.data[first:end]
            row[np.argsort(-row, kind="stable")[number:]] = 0
    matrix.eliminate_zeros()
