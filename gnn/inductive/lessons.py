"""What the student goes on learning from: what users did next, each with what they had done by then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gnn.errors import TrainingError
from gnn.spans import rows_of_spans


@dataclass(frozen=True)
class Lessons:
    """Events to be foretold, n of them, in the order in which they came.

    ``learnt`` float32[n, d] is the vector of the user that training has learnt, of length one, zeros where it has none;
    ``met[offsets[i]:offsets[i + 1]]`` int64 are the items that the user of event i had met by then, the latest last, of which
    training has not seen the last ``since[i]``, int64[n]; ``target`` int64[n] is the item that they met next. ``weight``,
    float32, is what each of ``met`` then counted; None: 1.

    Raises:
        TrainingError: arrays that do not fit each other.
    """

    learnt: NDArray[np.float32]
    met: NDArray[np.int64]
    offsets: NDArray[np.int64]
    since: NDArray[np.int64]
    target: NDArray[np.int64]
    weight: NDArray[np.float32] | None = None

    def __post_init__(self) -> None:
        number = len(self.target)
        fits = len(self.learnt) == len(self.since) == number and len(self.offsets) == number + 1
        fits = fits and (self.weight is None or self.weight.shape == self.met.shape)
        if not fits or self.offsets[-1] != len(self.met) or (self.since > np.diff(self.offsets)).any():
            raise TrainingError(
                f"got lessons of {number} targets, {len(self.learnt)} vectors, {len(self.since)} numbers and "
                f"{len(self.offsets)} offsets; expected as many of each, one offset more, as many weights as items, and no "
                "more events since than met"
            )

    def __len__(self) -> int:
        return len(self.target)

    @classmethod
    def of(
        cls, histories: Sequence[tuple[NDArray[np.float32] | None, NDArray[np.int64], int, Sequence[int]]], size: int
    ) -> Lessons:
        """Make lessons of users' histories; ``size`` is d.

        Each is a learnt vector, or None; the items met, the latest last; how many of the first of them training has seen; and
        the places of those that are to be foretold.
        """
        learnt, met, since, target = [], [], [], []
        for vector, items, known, places in histories:
            for place in places:
                learnt.append(np.zeros(size, np.float32) if vector is None else vector)
                met.append(items[:place])
                since.append(place if vector is None else max(0, place - known))
                target.append(items[place])
        offsets = np.cumsum([0, *map(len, met)]).astype(np.int64)
        return cls(
            np.asarray(learnt, np.float32).reshape(len(target), size),
            np.concatenate([*met, np.zeros(0, np.int64)]).astype(np.int64),
            offsets,
            np.asarray(since, np.int64),
            np.asarray(target, np.int64),
        )

    def rows(self, rows: NDArray[np.int64]) -> Lessons:
        """Return some of them, int64[m]."""
        place, offsets = rows_of_spans(self.offsets[rows], np.diff(self.offsets)[rows])
        weight = None if self.weight is None else self.weight[place]
        return Lessons(self.learnt[rows], self.met[place], offsets, self.since[rows], self.target[rows], weight)

    def and_then(self, other: Lessons) -> Lessons:
        """Return these, and others after them."""
        weights = [np.ones(len(one.met), np.float32) if one.weight is None else one.weight for one in (self, other)]
        return Lessons(
            np.concatenate([self.learnt, other.learnt]),
            np.concatenate([self.met, other.met]),
            np.concatenate([self.offsets, self.offsets[-1] + other.offsets[1:]]),
            np.concatenate([self.since, other.since]),
            np.concatenate([self.target, other.target]),
            None if self.weight is None and other.weight is None else np.concatenate(weights),
        )

    def last(self, most: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
        """Return items that training has not seen, int64[m], of each event at most the last ``most``, and what each counts.

        Between the two come offsets, int64[n + 1].
        """
        counts = np.minimum(self.since, most)
        place, offsets = rows_of_spans(self.offsets[1:] - counts, counts)
        return self.met[place], offsets, np.ones(len(place), np.float32) if self.weight is None else self.weight[place]
