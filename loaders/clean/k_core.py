"""The part of the graph in which everyone met enough, and everything was met by enough."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from pydantic import Field

from loaders.clean.rule import Events, Rule, Verdict


class KCore(Rule):
    """Leave out users with fewer than k items and items with fewer than k users, until none is left.

    Several events of one user and item are one pair. Who is left out keeps their node, and what else is known of them.

    Source: Seidman 1983, Network structure and minimum degree; on a graph of two sides, each may have its own k.
    """

    name: ClassVar[str] = "k_core"

    user: int = Field(default=5, ge=1, description="items that a user must have met")
    item: int = Field(default=5, ge=1, description="users that an item must have been met by")

    def judge(self, events: Events) -> Verdict:
        """Judge users and items in turn until nothing changes."""
        rows = np.flatnonzero(self.concerns(events))
        num_items = int(events.item[rows].max(initial=0)) + 1
        pairs, place = np.unique(events.user[rows] * num_items + events.item[rows], return_inverse=True)
        user, item = np.divmod(pairs, num_items)
        stays = np.ones(len(pairs), np.bool_)
        while True:
            of_user = np.bincount(user[stays], minlength=int(user.max(initial=0)) + 1)
            of_item = np.bincount(item[stays], minlength=num_items)
            left = stays & (of_user[user] >= self.user) & (of_item[item] >= self.item)
            if left.sum() == stays.sum():
                break
            stays = left
        keep = np.ones(len(events), np.bool_)
        keep[rows] = stays[place]
        return Verdict(keep)
