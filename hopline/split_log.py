"""The interactions to learn from, cleaned, and which part each is of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gnn.holdout import Holdout
from gnn.interactions import Interactions
from graph.releases.record import NUM_POPULAR
from graph.snapshot import Snapshot
from hopline.errors import EvaluationError
from hopline.split_config import SplitConfig
from loaders.behaviours import BehavioursConfig, positive_rows
from loaders.clean import CleanConfig, CleanReport, clean, split_cleaned
from loaders.interactions import InteractionLog
from loaders.splits import Rows, Split
from loaders.target_split import split_targets
from loaders.time_cut import leave_out_later

SPLIT_SECTIONS = ("clean", "behaviours", "split")
"""Sections of the configuration that decide, with the graph, which interaction is of which part."""


@dataclass(frozen=True)
class SplitLog:
    """All interactions that are left after cleaning, and which part each is of.

    ``positive``, ``target``: bool[n], those of liking, and those of them that are measured where they are held out.
    """

    log: InteractionLog
    split: Split
    positive: NDArray[np.bool_]
    target: NDArray[np.bool_]

    def pairs(self, rows: Rows) -> Interactions:
        """Return interactions by row as user–item pairs, with their times if any kind of interaction has times."""
        log = self.log
        return Interactions(
            log.user_index[rows],
            log.item_index[rows],
            len(log.user_ids),
            len(log.items),
            domains=log.items.sizes,
            time=None if log.time is None else log.time[rows],
        )

    def liked(self, rows: Rows) -> Interactions:
        """Return those interactions of liking, by row, as user–item pairs."""
        return self.pairs(rows[self.positive[rows]])

    def last_liked(self, rows: Rows, most: int) -> Interactions:
        """Return, of the items that each user liked in some rows, the ``most`` that they met last, each once.

        Without times, those of later rows count as later: which are the newest is a guess then.
        """
        rows = self.log.newest_of_pairs(rows[self.positive[rows]])
        users = self.log.user_index[rows]
        place = np.arange(len(rows)) - np.searchsorted(users, users)
        return self.pairs(rows[place < most])

    @property
    def learnt(self) -> Rows:
        """Rows of train and validation."""
        return np.sort(np.concatenate([self.split.train, self.split.valid]))

    def valid(self) -> Holdout:
        """Return what there is to find in the validation split, with all of train masked."""
        return Holdout(self.pairs(self.split.train), self._targets(self.split.valid))

    def test(self) -> Holdout:
        """Return what there is to find in the test split, with all that was learnt from masked.

        Raises:
            EvaluationError: the split has no test part.
        """
        if not len(self.split.test):
            raise EvaluationError("the split has no test interactions; give it some (see [split] in hopline.toml)")
        return Holdout(self.pairs(self.learnt), self._targets(self.split.test))

    def _targets(self, rows: Rows) -> Interactions:
        return self.pairs(rows[self.target[rows]])

    def popular(self) -> dict[str, list[Any]]:
        """Return the ids of each domain's items that were liked most among those learnt from, the most popular first."""
        rows = self.learnt[self.positive[self.learnt]]
        counts = np.bincount(self.log.item_index[rows], minlength=len(self.log.items))
        return {label: _most_popular(ids, counts[self.log.items.places[label]]) for label, ids in self.log.items.ids.items()}


def _most_popular(ids: NDArray[Any], counts: NDArray[np.int64]) -> list[Any]:
    popular = np.argsort(-counts, kind="stable")[:NUM_POPULAR]
    found: list[Any] = ids[popular[counts[popular] > 0]].tolist()
    return found


@dataclass(frozen=True)
class Prepared:
    """A snapshot as learning takes it; ``interactions`` is the digest of those that came in, ``behaviours`` what they count."""

    snapshot: Snapshot
    split_log: SplitLog
    cleaning: CleanReport
    interactions: str
    behaviours: BehavioursConfig


def prepare(
    snapshot: Snapshot, cleaning: CleanConfig, behaviours: BehavioursConfig, splitting: SplitConfig, read_at: int
) -> Prepared:
    """Clean a snapshot and split its interactions; ``read_at``: when it was read, in seconds since 1970.

    Split by time, what is learnt from has no fact or friendship dated after the first cut either.

    Raises:
        InputError: the graph cannot be cleaned or split as configured.
    """
    behaviours.check(snapshot.schema)
    cleaned = clean(snapshot, cleaning, read_at)
    positive_before, positive = positive_rows(snapshot, behaviours), positive_rows(cleaned.snapshot, behaviours)
    target_before = splitting.targets(snapshot, positive_before)
    target = splitting.targets(cleaned.snapshot, positive)

    def split(log: InteractionLog) -> Split:
        of_log = target if log is cleaned.log else target_before
        return split_targets(log, splitting.splitter(), of_log, pairs_together=splitting.holds_pairs_together)

    parts, report = split_cleaned(cleaned, split, as_given=splitting.by == "files")
    learnt = cleaned.snapshot
    if splitting.by == "time" and cleaned.log.time is not None:
        held = np.concatenate([parts.valid, parts.test])
        learnt, count = leave_out_later(learnt, int(cleaned.log.time[held].min()))
        report = replace(report, counts=(*report.counts, count))
    return Prepared(learnt, SplitLog(cleaned.log, parts, positive, target), report, cleaned.before.digest(), behaviours)
