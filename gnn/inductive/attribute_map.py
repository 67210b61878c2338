"""Vectors of items that nobody has met, of what is known of them: a linear map, learnt from the items that somebody has met.

Source: Gantner et al. 2010, Learning Attribute-to-Feature Mappings for Cold-Start Recommendations (ICDM), here by ridge
regression, of items as much as is known of their vectors.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import lsmr

PENALTIES = (0.1, 1.0, 10.0)
_USUAL = 1.0
_HALF_KNOWN = 20  # interactions from which an item's vector counts half of one that very many have met
_PARTS = 5  # one of them is foretold from the others, to choose the penalty by
_LEAST_JUDGED = 10
_MOST_JUDGED = 20_000
_TOLERANCE = 1e-4

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class AttributeMap:
    """What makes a vector of an item's attributes, as it makes those of the items that were met.

    ``attributes`` float32[m, c] of these, a sparse row each, ``weight`` float64[m], how much each one's vector counts, and the
    ``penalty`` of the map's squares.
    """

    attributes: sparse.csr_array
    weight: NDArray[np.float64]
    penalty: float

    @classmethod
    def learn(
        cls, attributes: sparse.csr_array, num_interactions: NDArray[np.int64], vectors: Floats, seed: int = 0
    ) -> AttributeMap:
        """Return the map of items with some interactions each, int64[m], whose vectors are float32[m, d].

        The penalty is that by which vectors of a fifth of the items, drawn by ``seed``, are foretold best from the others'.
        """
        weight = num_interactions / (num_interactions + _HALF_KNOWN)
        weight = weight / weight.mean()
        order = np.random.default_rng(seed).permutation(len(weight))[:_MOST_JUDGED]
        judged, others = np.split(order, [len(order) // _PARTS])
        if len(judged) < _LEAST_JUDGED:
            return cls(attributes, weight, _USUAL)

        def error(penalty: float) -> float:
            told = cls(attributes[others], weight[others], penalty).place(attributes[judged], vectors[others])
            return float(weight[judged] @ np.square(told - vectors[judged]).sum(axis=1))

        return cls(attributes, weight, min(PENALTIES, key=error))

    def place(self, attributes: sparse.csr_array, vectors: Floats) -> Floats:
        """Return vectors float32[n, d] of items by their attributes, float32[n, c], as ``vectors`` float32[m, d] are of theirs.

        Where attributes say nothing, that is the mean vector.
        """
        mean = self.weight @ vectors / self.weight.sum()
        root = np.sqrt(self.weight)
        weighted = sparse.csr_array(sparse.diags_array(root) @ _with_constant(self.attributes))
        wanted = root[:, None] * (vectors - mean)
        told = np.column_stack([self._solve(weighted, column) for column in wanted.T])
        found: Floats = (mean + _with_constant(attributes) @ told).astype(np.float32)
        return found

    def _solve(self, weighted: sparse.csr_array, wanted: NDArray[np.float64]) -> NDArray[np.float64]:
        solved = lsmr(weighted, wanted, damp=np.sqrt(self.penalty), atol=_TOLERANCE, btol=_TOLERANCE)
        return np.asarray(solved[0])


def _with_constant(attributes: sparse.csr_array) -> sparse.csr_array:
    """Return the attributes beside one that every item has."""
    return sparse.csr_array(sparse.hstack([attributes, np.ones((attributes.shape[0], 1), np.float32)]))
