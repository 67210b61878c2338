"""Which of some items comes next in an answer that is to be diverse: maximal marginal relevance.

Source: Carbonell & Goldstein 1998, The use of MMR, diversity-based reranking for reordering documents and producing summaries
(SIGIR).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray


class Marginal:
    """The worth of items, float[n], less their likeness to those that were taken: (1 - d) · relevance - d · highest cosine.

    ``vectors`` float32[n, size] are of any length, one of zeros is like nothing; ``relevance`` float[n] is spread from 0 to 1;
    ``diversity`` is d, from 0, where relevance alone counts, to 1.
    """

    def __init__(self, vectors: NDArray[np.float32], relevance: Sequence[float], diversity: float) -> None:
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        self._vectors = vectors / np.where(lengths > 0, lengths, 1)
        scores = np.asarray(relevance, np.float64)
        spread = np.ptp(scores) if len(scores) else 0.0
        self._relevance = (scores - scores.min()) / spread if spread > 0 else np.zeros(len(scores))
        self._diversity = diversity
        self._likeness: NDArray[np.float64] | None = None

    def take(self, vector: NDArray[np.float32]) -> None:
        """Note that an item of this vector, float32[size], is in the answer."""
        length = float(np.linalg.norm(vector)) or 1.0
        cosines = (self._vectors @ (vector / length)).astype(np.float64)
        self._likeness = cosines if self._likeness is None else np.maximum(self._likeness, cosines)

    def best(self, among: Iterable[int]) -> int:
        """Return the place of the item of highest worth; of equals the first."""
        places = np.fromiter(among, np.int64)
        likeness = 0.0 if self._likeness is None else self._likeness[places]
        worth = (1 - self._diversity) * self._relevance[places] - self._diversity * likeness
        return int(places[np.argmax(worth)])
