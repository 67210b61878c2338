"""What the users of a training are, as inputs of the student."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from graph.traits import TraitGroup, Traits


@dataclass(frozen=True)
class UserTraits:
    """The properties by which users are told apart, and ``rows`` float32[num_users, values], which values each has."""

    groups: tuple[TraitGroup, ...]
    rows: sparse.csr_array

    def of(self, users: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return what users are, float64[b, values], less what all are in the mean; zeros of a property that is not known."""
        found: NDArray[np.float64] = self.rows[users].toarray().astype(np.float64)
        for place, mean in self._means:
            found[:, place] -= found[:, place].sum(axis=1, keepdims=True) * mean
        return found

    def told(self, vectors: NDArray[np.float32]) -> Traits:
        """Return the traits whose products with values are those of :meth:`of` with ``vectors``, float32[values, d]."""
        found = vectors.astype(np.float64)
        for place, mean in self._means:
            found[place] -= mean @ found[place]
        return Traits(self.groups, found.astype(np.float32))

    @cached_property
    def _means(self) -> list[tuple[slice, NDArray[np.float64]]]:
        total = np.asarray(self.rows.sum(axis=0), np.float64).ravel()
        return [(place, total[place] / max(total[place].sum(), 1)) for place in self._places()]

    def _places(self) -> Iterator[slice]:
        first = 0
        for group in self.groups:
            yield slice(first, first + group.size)
            first += group.size
