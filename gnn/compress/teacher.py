"""What a teacher says of users: its scores, and the items that it ranks first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from gnn.evaluate import Scorer
from gnn.topk import NOTHING, top_k
from gnn.vector_scorer import VectorScorer

_SCORES_AT_ONCE = 1 << 22
_SHOWN = 20  # items, about as many as are looked at: the unit of scores is how far those after them fall


@dataclass(frozen=True)
class Teacher:
    """A model asked once for all it has to say of ``users`` int64[n], those whom it knows.

    ``source``: its vectors, or where it has none its scores less each user's best, float16[n, num_items]. ``top`` int64[n, k]:
    the best items not met, best first, and their scores, ``top_scores`` float32[n, k], in units, 0 where there is no item.
    ``unit``: how far scores fall from the 20th of them to the last, by the median user.
    """

    source: VectorScorer | NDArray[np.float16]
    users: NDArray[np.int64]
    num_items: int
    top: NDArray[np.int64]
    top_scores: NDArray[np.float32]
    unit: float

    @classmethod
    def ask(cls, scorer: Scorer, seen: sparse.csr_array, users: NDArray[np.int64], top: int) -> Teacher:
        """Score all items for some users; ``seen`` [num_users, num_items]: what users have met, which is not ranked.

        Memory is two bytes a score where the scorer is not one of vectors.
        """
        num_items = seen.shape[1]
        source = scorer if isinstance(scorer, VectorScorer) else np.empty((len(users), num_items), np.float16)
        step = max(1, _SCORES_AT_ONCE // num_items)
        best, best_scores = [], []
        for first in range(0, len(users), step):
            some = users[first : first + step]
            scores = np.array(scorer.score(some), np.float32)
            if not isinstance(source, VectorScorer):
                below = scores - scores.max(axis=1, keepdims=True)  # half precision is finest near 0, which the best should be
                source[first : first + step] = np.maximum(below, np.finfo(np.float16).min)
            scores[seen[some].nonzero()] = -np.inf
            chosen = top_k(scores, top)
            best.append(chosen)
            best_scores.append(np.where(chosen == NOTHING, np.nan, np.take_along_axis(scores, chosen, axis=1)))
        top_scores = np.concatenate(best_scores)
        fall = _fall(top_scores)
        unit = float(np.median(fall[fall > 0])) if (fall > 0).any() else 1.0
        return cls(source, users, num_items, np.concatenate(best), np.nan_to_num(top_scores / np.float32(unit)), unit)

    def scores(self, rows: NDArray[np.int64], items: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return those of some items for some of ``users``, by row, float32[b, p], in units; up to a number a user."""
        if isinstance(self.source, VectorScorer):
            found = self.source.users[self.users[rows]] @ self.source.items[items].T
        else:
            found = self.source[rows[:, None], items].astype(np.float32)
        return found / np.float32(self.unit)

    def pool(
        self, rows: NDArray[np.int64], others: int, generator: np.random.Generator
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return items for a batch of users, int64[p], and how many of the catalogue each stands for, float32[p].

        They are those that are among the first of any of the users, and ``others`` of the rest.
        """
        first = np.unique(self.top[rows])
        first = first[first != NOTHING]
        rest = np.setdiff1d(np.arange(self.num_items), first, assume_unique=True)
        drawn = rest if len(rest) <= others else np.sort(generator.choice(rest, others, replace=False))
        number = np.repeat([1, len(rest) / max(1, len(drawn))], [len(first), len(drawn)])
        return np.concatenate([first, drawn]), number.astype(np.float32)


def _fall(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return how far each row, best first and NaN where there are no more, falls from the 20th, or from half of fewer."""
    number = (~np.isnan(scores)).sum(axis=1)
    shown = np.minimum(_SHOWN, number // 2)
    rows = np.arange(len(scores))
    fall: NDArray[np.float32] = scores[rows, shown] - scores[rows, np.maximum(number - 1, 0)]
    return np.where(number > 1, fall, 0)
