"""Values that contradict each other: one user gave one item several."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from loaders.clean.rule import Events, Rule, Verdict


class Conflicts(Rule):
    """Make one event of those of one user, item and kind whose values differ: the last of them, with the value chosen.

    A missing value contradicts nothing; pairs whose values are all the same stay as they are.
    """

    name: ClassVar[str] = "conflicts"

    take: Literal["latest", "mean", "max"] = Field(default="latest", description="value that the one event gets")

    def judge(self, events: Events) -> Verdict:
        """Judge by pairs."""
        rows = np.flatnonzero(self.concerns(events) & ~np.isnan(events.value))
        order = np.lexsort((events.time[rows], events.item[rows], events.user[rows], events.kind[rows]))
        rows = rows[order]
        keep = np.ones(len(events), np.bool_)
        value = events.value.copy()
        if not len(rows):
            return Verdict(keep)
        begins = np.ones(len(rows), np.bool_)
        begins[1:] = False
        for column in (events.kind, events.user, events.item):
            begins[1:] |= np.diff(column[rows]) != 0
        first = np.flatnonzero(begins)
        size = np.diff(np.append(first, len(rows)))
        given = events.value[rows].astype(np.float64)
        highest = np.maximum.reduceat(given, first)
        differs = np.minimum.reduceat(given, first) < highest
        last = rows[first + size - 1]
        keep[rows[np.repeat(differs, size)]] = False
        keep[last[differs]] = True
        if self.take == "mean":
            value[last[differs]] = (np.add.reduceat(given, first) / size)[differs]
        elif self.take == "max":
            value[last[differs]] = highest[differs]
        return Verdict(keep, value=value)
