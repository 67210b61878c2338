"""The events of a graph as lessons: those that are new, and some of before."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gnn.inductive.lessons import Lessons
from gnn.spans import rows_of_spans
from gnn.vector_scorer import of_length_one
from graph.event_weights import Fading
from graph.snapshot import Snapshot
from hopline.liked import is_liked
from hopline.online.rows import item_rows, rows_of
from hopline.run_folder import Run
from loaders.behaviours import fading_of
from loaders.interactions import read_interactions

_MOST_MET = 2_000  # items of a user's past that a lesson tells of: nobody is shown what they met before that again soon


@dataclass(frozen=True)
class UserEvents:
    """Events that tell of liking, n of them, by user and time, on items that a run knows, each item of a user once.

    ``user`` int64[n] is a row of ``user_ids``, ``item`` int64[n] a row of the run's items of all domains. ``learnt``
    float32[num_users, d] are the vectors of users that the run has, of length one, zeros for others; ``known`` and ``taught``
    int64[num_users] how many of each one's events, the first ones, the run has learnt from, and somebody since. ``number``
    int64[num_users] is how many relationships there are. ``fading`` tells what the n events count; None: 1 each.
    """

    user_ids: NDArray[Any]
    user: NDArray[np.int64]
    item: NDArray[np.int64]
    learnt: NDArray[np.float32]
    known: NDArray[np.int64]
    taught: NDArray[np.int64]
    number: NDArray[np.int64]
    fading: Fading | None = None

    @classmethod
    def of(cls, snapshot: Snapshot, run: Run, taught: NDArray[np.int64]) -> UserEvents:
        """Read them from a snapshot; ``taught`` int64[num_users] are numbers of relationships."""
        log = read_interactions(snapshot)
        num_users = len(log.user_ids)
        of_user = rows_of(log.user_ids, run.users.ids)
        learnt = np.zeros((num_users, run.users.vectors.shape[1]), np.float32)
        learnt[of_user >= 0] = of_length_one(run.users.vectors[of_user[of_user >= 0]])
        counted = np.zeros(len(run.users.ids), np.int64) if run.known is None else run.known
        known = np.where(of_user >= 0, counted[np.maximum(of_user, 0)], 0)
        time = np.zeros(len(log.user_index), np.int64) if log.time is None else log.time
        order = np.lexsort((time, log.user_index))
        order = order[is_liked(snapshot)[order]]
        user = log.user_index[order]
        number = np.bincount(user, minlength=num_users)
        place = np.arange(len(user)) - np.repeat(np.cumsum(number) - number, number)
        item = item_rows(run, log.items.ids)[log.item_index[order]]
        _, first = np.unique(user * (len(log.items) + 1) + log.item_index[order], return_index=True)
        kept = np.sort(first[item[first] >= 0])
        weights = None if run.student is None else run.student.sum.weights
        fading = None if weights is None else fading_of(snapshot, log, weights).of_rows(order[kept])
        user, item, place = user[kept], item[kept], place[kept]
        known, taught = (np.bincount(user[place < some[user]], minlength=num_users) for some in (known, taught))
        return cls(log.user_ids, user, item, learnt, known, taught, number, fading)

    @cached_property
    def place(self) -> NDArray[np.int64]:
        """The place of each event among those of its user, int64[n]."""
        return np.arange(len(self.user)) - self._first[self.user]

    @cached_property
    def _first(self) -> NDArray[np.int64]:
        return np.searchsorted(self.user, np.arange(len(self.user_ids)))

    def new(self) -> NDArray[np.int64]:
        """Return the events that nobody has learnt from, int64[m]."""
        return np.flatnonzero(self.place >= self.taught[self.user])

    def old(self, number: int, rng: np.random.Generator) -> NDArray[np.int64]:
        """Return at most ``number`` of the others that have something before them, drawn by chance, int64[m]."""
        place = self.place
        old = np.flatnonzero((place < self.taught[self.user]) & (place > 0))
        return np.sort(rng.choice(old, min(number, len(old)), replace=False))

    def lessons(self, events: NDArray[np.int64], *, as_new_users: bool = False) -> Lessons:
        """Return events as lessons; ``as_new_users``: as if nothing was learnt of whoever met them."""
        user, place = self.user[events], self.place[events]
        learnt = np.zeros_like(self.learnt[user]) if as_new_users else self.learnt[user]
        since = np.where(learnt.any(axis=1), np.maximum(0, place - self.known[user]), place)
        return self._lessons(learnt, events, np.minimum(place, _MOST_MET), since, self.item[events])

    def _lessons(
        self,
        learnt: NDArray[np.float32],
        ends: NDArray[np.int64],
        counts: NDArray[np.int64],
        since: NDArray[np.int64],
        target: NDArray[np.int64],
    ) -> Lessons:
        rows, offsets = rows_of_spans(ends - counts, counts)
        weight = None if self.fading is None else self.fading.when(rows, np.repeat(ends - 1, counts))
        return Lessons(learnt, self.item[rows], offsets, np.minimum(since, counts), target, weight)

    def quiet(self, number: int, rng: np.random.Generator) -> Lessons:
        """Return at most ``number`` users who did something, but nothing new, as they would be asked for now."""
        total = np.bincount(self.user, minlength=len(self.user_ids))
        users = np.flatnonzero((total > 0) & (total == self.taught))
        users = np.sort(rng.choice(users, min(number, len(users)), replace=False))
        counts, learnt = np.minimum(total[users], _MOST_MET), self.learnt[users]
        since = np.where(learnt.any(axis=1), total[users] - self.known[users], total[users])
        ends = self._first[users] + total[users]
        return self._lessons(learnt, ends, counts, since, np.zeros(len(users), np.int64))
