"""What a release's statement finds by two retrievers, vectors and neighbours of what a user met, as a scorer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from gnn.evaluate import Scorer
from gnn.topk import NOTHING, mask, top_k


class FusedRetrieval:
    """A scorer of candidates that a user has not met, minus infinity for all other items, as answers of ``k`` items have them.

    Of each of ``domains``, candidates are the ``k`` of ``vectors``' highest scores, and of the others those of the highest sums
    of ``weights``, float32[num_items, num_items] from an item to its neighbours, over what the user has ``met``,
    float32[num_users, num_items], 1 or nothing; 2 ``k`` together. ``seen`` is what a user met in any way, as ``met`` is. Each
    scores by vectors and ``share`` times by neighbours, both divided by the largest among the candidates, as they have no
    common unit.
    """

    def __init__(
        self,
        vectors: Scorer,
        weights: sparse.csr_array,
        met: sparse.csr_array,
        seen: sparse.csr_array,
        domains: Sequence[slice],
        k: int,
        share: float,
    ) -> None:
        self._vectors, self._weights, self._met, self._seen = vectors, weights, met, seen
        self._domains, self._k, self._share = domains, k, share

    def score(self, user_index: NDArray[np.int64]) -> NDArray[np.float32]:
        """Map int64[b] to float32[b, num_items]."""
        scores = np.array(self._vectors.score(user_index), np.float32)
        mask(scores, self._seen[user_index])
        sums = self._met[user_index] @ self._weights
        fused, sum_of = np.full_like(scores, -np.inf), np.zeros(scores.shape[1], np.float32)
        for items in self._domains:
            for row, by_vectors in enumerate(top_k(scores[:, items], self._k)):
                of_row = slice(sums.indptr[row], sums.indptr[row + 1])
                near = sums.indices[of_row]
                sum_of[near] = sums.data[of_row]
                chosen = self._candidates(by_vectors[by_vectors != NOTHING], near, scores[row], sum_of, items)
                fused[row, chosen] = _by_largest(scores[row, chosen]) + self._share * _by_largest(sum_of[chosen])
                sum_of[near] = 0
        return fused

    def _candidates(
        self,
        by_vectors: NDArray[np.int64],
        near: NDArray[np.int32],
        scores: NDArray[np.float32],
        sum_of: NDArray[np.float32],
        items: slice,
    ) -> NDArray[np.int64]:
        """Return a user's candidates of one domain, ``near`` being all that neighbours lead to, of ``scores`` by vectors."""
        found = by_vectors + items.start
        others = near[(near >= items.start) & (near < items.stop) & (scores[near] > -np.inf) & (sum_of[near] > 0)]
        others = others[~np.isin(others, found)]
        heaviest = others[np.lexsort((others, -sum_of[others]))]
        return np.concatenate([found, heaviest[: 2 * self._k - len(found)]])


def _by_largest(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return values by the largest of them, of either sign."""
    largest = np.abs(values).max(initial=0)
    return values / (largest if largest else 1)
