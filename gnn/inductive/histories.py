"""What users met, in the order in which they met it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from gnn.errors import TrainingError
from gnn.interactions import Interactions
from gnn.spans import rows_of_spans
from graph.event_weights import Fading


@dataclass(frozen=True)
class Histories:
    """Each user's items, the one met first first, and each once.

    The items of user u are ``items[offsets[u]:offsets[u + 1]]``; ``items`` int64[n], ``offsets`` int64[num_users + 1].
    ``fading`` tells what the n events count; None: 1 each.
    """

    items: NDArray[np.int64]
    offsets: NDArray[np.int64]
    num_items: int
    fading: Fading | None = None

    @classmethod
    def of(
        cls, pairs: Interactions, time: NDArray[np.int64] | None = None, seed: int = 0, fading: Fading | None = None
    ) -> Histories:
        """Order pairs by user and ``time`` int64[n], in seconds; those of one time, or all without times, by chance.

        Of several of a user and an item, which is there once, the first is kept, and counts what it counts by ``fading``.

        Raises:
            TrainingError: not one time a pair.
        """
        when = np.zeros(len(pairs.user_index), np.int64) if time is None else np.asarray(time)
        if when.shape != pairs.user_index.shape:
            raise TrainingError(f"got {when.shape} times for {len(pairs.user_index)} pairs; expected one a pair")
        chance = np.random.default_rng(seed).random(len(when))
        order = np.lexsort((chance, when, pairs.user_index))
        user, item = pairs.user_index[order], pairs.item_index[order]
        _, first = np.unique(user * pairs.num_items + item, return_index=True)
        first.sort()
        user, item = user[first], item[first]
        counts = np.bincount(user, minlength=pairs.num_users)
        offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        return cls(item, offsets, pairs.num_items, None if fading is None else fading.of_rows(order[first]))

    @property
    def counts(self) -> NDArray[np.int64]:
        """How many items each user met, int64[num_users]."""
        return np.diff(self.offsets)

    def whole(self) -> sparse.csr_array:
        """Return what all items that each user met count in the end, as :meth:`starts` does, float32[num_users, num_items]."""
        return self.starts(np.arange(len(self.counts)), self.counts)

    def starts(self, users: NDArray[np.int64], number: NDArray[np.int64]) -> sparse.csr_array:
        """Return what the ``number`` int64[b] items that ``users`` int64[b] met first then count, float32[b, num_items].

        Those that count nothing are there, too, as zeros.
        """
        return self._part(self.offsets[users], number, self.fading)

    def rests(self, users: NDArray[np.int64], number: NDArray[np.int64]) -> sparse.csr_array:
        """Return what ``users`` int64[b] met after their first ``number`` int64[b] items, as float32[b, num_items]."""
        return self._part(self.offsets[users] + number, self.counts[users] - number)

    def _part(self, first: NDArray[np.int64], number: NDArray[np.int64], fading: Fading | None = None) -> sparse.csr_array:
        place, offsets = rows_of_spans(first, number)
        weight = (
            np.ones(len(place), np.float32) if fading is None else fading.when(place, np.repeat(first + number - 1, number))
        )
        taken = sparse.csr_array((weight, self.items[place], offsets), shape=(len(first), self.num_items))
        taken.sort_indices()
        return taken
