"""Items that nobody met, but of which something is known: their vectors are made of that."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from gnn.inductive import Student
from gnn.inductive.attribute_map import AttributeMap
from gnn.vector_scorer import VectorScorer
from graph.snapshot import Snapshot
from hopline.split_log import Prepared
from loaders.described import describe
from loaders.features import NodeFeatures
from loaders.splits import Rows

LEAST_MET = 10  # items that anything can be learnt from
MOST_MET = 100_000  # that are learnt from, those that most interactions are with: what attributes say asks for no more

Floats = NDArray[np.float32]
Encode = Callable[[NDArray[np.int64]], NodeFeatures]
"""Gives the features of nodes of a label by their rows, int64[n]."""


@dataclass(frozen=True)
class UnmetItems:
    """Items of a domain that nobody met, ``unmet`` int64[n], and those that they are placed by: ``met`` int64[m].

    Both are rows among the items of the domain. ``of_unmet`` float32[n, c] and ``of_met`` float32[m, c] are what is known of
    them, ``num_interactions`` int64[m] those of ``met``.
    """

    unmet: NDArray[np.int64]
    met: NDArray[np.int64]
    of_unmet: sparse.csr_array
    of_met: sparse.csr_array
    num_interactions: NDArray[np.int64]

    @classmethod
    def of(
        cls,
        snapshot: Snapshot,
        label: str,
        encode: Encode,
        num_interactions: NDArray[np.int64],
        is_learnt: NDArray[np.bool_],
    ) -> UnmetItems | None:
        """Return the items of a domain that were not learnt, bool[num_items]; ``num_interactions`` is int64[num_items].

        Those of which nothing is known are left out. None where there are none, or too few were met to learn anything from;
        features are encoded only of those that are placed, or placed by.
        """
        met, unmet = np.flatnonzero(is_learnt & (num_interactions > 0)), np.flatnonzero(~is_learnt)
        if not len(unmet) or len(met) < LEAST_MET:
            return None
        met = np.sort(met[np.argsort(-num_interactions[met], kind="stable")[:MOST_MET]])
        rows = np.concatenate([unmet, met])
        attributes = describe(snapshot, label, rows, encode(rows))
        is_known = np.diff(attributes.indptr) > 0
        of_unmet, of_met = np.split(np.flatnonzero(is_known), [int(is_known[: len(unmet)].sum())])
        if not len(of_unmet) or len(of_met) < LEAST_MET:
            return None
        unmet, met = rows[of_unmet], rows[of_met]
        return cls(unmet, met, attributes[of_unmet], attributes[of_met], num_interactions[met])

    def vectors(self, of_items: Floats) -> Floats:
        """Return vectors of the unmet items, float32[n, d], as those of the others are, of float32[num_items, d].

        None is longer than the longest of those: a map goes on where no item was met, and one vector that is too long is among
        the first for half of all users, and costs all others of their bits.
        """
        known = of_items[self.met]
        found = AttributeMap.learn(self.of_met, self.num_interactions, known).place(self.of_unmet, known)
        longest, length = np.linalg.norm(known, axis=1).max(), np.linalg.norm(found, axis=1)
        shortened: Floats = found * np.minimum(1, longest / np.maximum(length, np.finfo(np.float32).tiny))[:, None]
        return shortened.astype(np.float32)


@dataclass(frozen=True)
class UnmetOfDomains:
    """The unmet items of all domains that have some, and where each domain's items are among all."""

    parts: Sequence[tuple[slice, UnmetItems]]

    @classmethod
    def of(cls, prepared: Prepared, encode: Callable[[str], Encode], learnt: Rows) -> UnmetOfDomains:
        """Return the items without an interaction among those ``learnt``, by row; ``encode`` is asked for labels of items."""
        log, snapshot = prepared.split_log.log, prepared.snapshot
        counts = np.bincount(log.item_index[learnt], minlength=len(log.items))
        found = [
            (place, UnmetItems.of(snapshot, label, encode(label), counts[place], counts[place] > 0))
            for label, place in log.items.places.items()
        ]
        return cls([(place, part) for place, part in found if part is not None])

    def placed(self, items: Floats) -> Floats:
        """Return vectors of the items of all domains, float32[num_items, d], with new ones of those that nobody met.

        Of which nothing is known, and whose domain has too few that were met, stay as they are.
        """
        found = items.copy()
        for place, part in self.parts:
            found[place][part.unmet] = part.vectors(items[place])
        return found

    def place(self, scorer: VectorScorer) -> VectorScorer:
        """Return vectors of users, and of items as :meth:`placed` returns them."""
        return VectorScorer(scorer.users, self.placed(scorer.items))

    def ask(self, student: Student) -> Student:
        """Return a student that users ask with who met such items, too."""
        return replace(student, asking=self.placed(student.asking))
