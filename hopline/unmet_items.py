"""Items that nobody met, but of which something is known: their vectors are made of that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from gnn.inductive import Student
from gnn.inductive.attribute_map import AttributeMap
from gnn.vector_scorer import VectorScorer
from hopline.split_log import Prepared
from loaders.described import describe
from loaders.features import NodeFeatures
from loaders.splits import Rows

_LEAST_MET = 10  # items that anything can be learnt from

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class UnmetItems:
    """Items of a domain that nobody met, ``unmet`` int64[n], and those that they are placed by: ``met`` int64[m].

    Both are rows of ``attributes`` float32[num_items, c], what is known of all items of the domain. ``num_interactions``
    int64[m] are those of ``met``.
    """

    attributes: sparse.csr_array
    unmet: NDArray[np.int64]
    met: NDArray[np.int64]
    num_interactions: NDArray[np.int64]

    @classmethod
    def of(
        cls, attributes: sparse.csr_array, num_interactions: NDArray[np.int64], is_learnt: NDArray[np.bool_] | None = None
    ) -> UnmetItems:
        """Return the items that were not learnt, bool[num_items], or else those of no interaction, int64[num_items].

        Those of which nothing is known are left out; and all are where too few were met to learn anything from.
        """
        is_known, is_met = np.diff(attributes.indptr) > 0, num_interactions > 0
        learnt = is_met if is_learnt is None else is_learnt
        met = np.flatnonzero(learnt & is_met & is_known)
        unmet = np.flatnonzero(~learnt & is_known) if len(met) >= _LEAST_MET else np.zeros(0, np.int64)
        return cls(attributes, unmet, met, num_interactions[met])

    def vectors(self, of_items: Floats) -> Floats:
        """Return vectors of the unmet items, float32[n, d], as those of the others are, of float32[num_items, d]."""
        if not len(self.unmet):
            return np.zeros((0, of_items.shape[1]), np.float32)
        learnt = AttributeMap.learn(self.attributes[self.met], self.num_interactions, of_items[self.met])
        return learnt.place(self.attributes[self.unmet], of_items[self.met])


@dataclass(frozen=True)
class UnmetOfDomains:
    """The unmet items of all domains, and where each domain's items are among all."""

    parts: Sequence[tuple[slice, UnmetItems]]

    @classmethod
    def of(cls, prepared: Prepared, features: Mapping[str, NodeFeatures], learnt: Rows) -> UnmetOfDomains:
        """Return the items without an interaction among those ``learnt``, by row; ``features``: those of items, by label."""
        log = prepared.split_log.log
        counts = np.bincount(log.item_index[learnt], minlength=len(log.items))
        return cls(
            [
                (place, UnmetItems.of(describe(prepared.snapshot, label, features[label]), counts[place]))
                for label, place in log.items.places.items()
            ]
        )

    def placed(self, items: Floats) -> Floats:
        """Return vectors of the items of all domains, float32[num_items, d], in which those that nobody met are made anew."""
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
