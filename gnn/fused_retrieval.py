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
        sums: NDArray[np.float32] = (self._met[user_index] @ self._weights).toarray()
        mask(scores, self._seen[user_index])
        fused = np.full_like(scores, -np.inf)
        for items in self._domains:
            fused[:, items] = self._of_domain(scores[:, items], sums[:, items])
        return fused

    def _of_domain(self, scores: NDArray[np.float32], sums: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the fused scores of one domain's items, float32[b, n]; those by vectors are minus infinity where seen."""
        by_vectors = top_k(scores, self._k)
        is_candidate = np.zeros(scores.shape, bool)
        _mark(is_candidate, by_vectors)
        others = np.where((scores > -np.inf) & ~is_candidate & (sums > 0), sums, -np.inf).astype(np.float32)
        by_sums = top_k(others, 2 * self._k)
        room = 2 * self._k - (by_vectors != NOTHING).sum(axis=1, keepdims=True)
        _mark(is_candidate, np.where(np.arange(2 * self._k) < room, by_sums, NOTHING))
        parts = [np.where(is_candidate, of, 0) for of in (scores, sums)]
        largest = [np.abs(part).max(axis=1, keepdims=True) for part in parts]
        alike, near = (part / np.where(most > 0, most, 1) for part, most in zip(parts, largest, strict=True))
        return np.where(is_candidate, alike + self._share * near, -np.inf).astype(np.float32)


def _mark(is_candidate: NDArray[np.bool_], chosen: NDArray[np.int64]) -> None:
    row, place = np.nonzero(chosen != NOTHING)
    is_candidate[row, chosen[row, place]] = True
