"""One event that was told more than once."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from pydantic import Field

from loaders.clean.rule import Events, Rule, Verdict


class Duplicates(Rule):
    """Keep the first of events of one user, item, kind and value that follow each other at once.

    Each is held against the one before it, so a burst of any length is one event. Events without a time are left alone: two of
    them may be two.
    """

    name: ClassVar[str] = "duplicates"

    within_s: float = Field(default=0, ge=0, description="seconds between two events up to which they are one")

    def judge(self, events: Events) -> Verdict:
        """Judge each event by the one before it."""
        rows = np.flatnonzero(self.concerns(events) & (events.time != 0))
        value = np.nan_to_num(events.value[rows].astype(np.float64), nan=np.inf)  # missing is as good as missing
        key = (events.time[rows], value, events.item[rows], events.user[rows], events.kind[rows])
        order = np.lexsort(key)
        same = np.ones(max(len(rows) - 1, 0), np.bool_)
        for column in key[1:]:
            same &= column[order][1:] == column[order][:-1]
        follows = same & (np.diff(events.time[rows][order]) <= self.within_s)
        keep = np.ones(len(events), np.bool_)
        keep[rows[order[1:][follows]]] = False
        return Verdict(keep)
