"""Users who are programs."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from loaders.clean.outliers import robust_z
from loaders.clean.rule import Events, Rule, Verdict

_SECONDS_A_DAY = 86_400


class Bots(Rule):
    """Leave out all events of users who do far more a day than others, and do it as no person does.

    Both must hold: many honest people do much. As no person does: at even intervals (the entropy of the gaps between events is
    low), over and over with the same few items (the entropy of the items is low beside what so many events could have), or with
    the whole catalogue alike (it is close to that of all items).

    Source: Chu, Gianvecchio, Wang & Jajodia 2012, Detecting Automation of Twitter Accounts (IEEE TDSC 9(6)), which tells
    programs
    by the entropy of gaps, by how much they repeat, and by their rate; Geiger & Halfaker 2013 on the variety of human gaps.
    """

    name: ClassVar[str] = "bots"

    rate_z: float = Field(default=3.5, gt=0, description="robust z-score, over users, of the log of events a day with any")
    min_events: int = Field(default=50, ge=2, description="events that a user must have to be judged at all")
    gap_entropy_bits: float = Field(
        default=1.0,
        ge=0,
        description="gaps, sorted by powers of 2 of their seconds, of less entropy are a program's; people's fill many",
    )
    repeat_share: float = Field(
        default=0.1,
        ge=0,
        lt=1,
        description="entropy of items over that of as many events on as many items, below which it repeats",
    )
    catalogue_share: float = Field(
        default=0.5,
        gt=0,
        le=1,
        description="items met alike often (2 to the entropy) over all there are, above which it crawls",
    )

    def judge(self, events: Events) -> Verdict:
        """Judge users by their events of all kinds that the rule is for."""
        rows = np.flatnonzero(self.concerns(events))
        keep = np.ones(len(events), np.bool_)
        if not len(rows):
            return Verdict(keep)
        user, item, time = events.user[rows], events.item[rows], events.time[rows]
        users, place, count = np.unique(user, return_inverse=True, return_counts=True)
        rate = robust_z(np.log(count / _active_days(place, time, len(users))))
        items = _entropy(place, item, len(users))
        odd = _gap_entropy(place, time, len(users)) < self.gap_entropy_bits
        odd |= items < self.repeat_share * np.log2(np.maximum(count, 2))
        odd |= np.exp2(items) > self.catalogue_share * len(np.unique(item))
        bots = (rate > self.rate_z) & (count >= self.min_events) & odd
        keep[rows[bots[place]]] = False
        return Verdict(keep, note=f"{int(bots.sum()):,} users" if bots.any() else "")


def _active_days(place: NDArray[np.int64], time: NDArray[np.int64], num_users: int) -> NDArray[np.int64]:
    """Return on how many days each user did anything, int64[users], at least 1; undated events are of one day."""
    pairs = np.unique(np.stack([place, time // _SECONDS_A_DAY]), axis=1)
    return np.maximum(np.bincount(pairs[0], minlength=num_users), 1)


def _entropy(place: NDArray[np.int64], of: NDArray[np.int64], num_users: int) -> NDArray[np.float64]:
    """Return the entropy in bits of what each user's events are of, float64[users]."""
    pairs, count = np.unique(np.stack([place, of]), axis=1, return_counts=True)
    share = count / np.bincount(place, minlength=num_users)[pairs[0]]
    entropy: NDArray[np.float64] = np.bincount(pairs[0], -share * np.log2(share), minlength=num_users).astype(np.float64)
    return entropy


def _gap_entropy(place: NDArray[np.int64], time: NDArray[np.int64], num_users: int) -> NDArray[np.float64]:
    """Return the entropy in bits of each user's gaps by powers of two, float64[users]; infinite for users without two times."""
    dated = np.flatnonzero(time)
    order = dated[np.lexsort((time[dated], place[dated]))]
    same = np.diff(place[order]) == 0
    gap = np.diff(time[order])[same]
    of_gap = place[order][1:][same]
    entropy = np.full(num_users, np.inf)
    has_gap = np.unique(of_gap)
    entropy[has_gap] = _entropy(of_gap, np.ceil(np.log2(gap + 1)).astype(np.int64), num_users)[has_gap]
    return entropy
