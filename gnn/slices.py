"""How good lists are for part of the items, or for part of the users, told apart by how much was learnt from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gnn.holdout import Holdout
from gnn.metrics import METRICS, Hits, mean_by_user

MEASURED = ("recall", "ndcg")
TAIL = 0.2  # share of the interactions that the long tail holds
NEW = 5  # interactions that a new user has at most


@dataclass(frozen=True)
class Slices:
    """Parts of the items and parts of the users, by name: bool[num_items] and bool[num_users] each.

    A slice of items is measured over the users with something to find in it: all items of the domain are ranked as always, and
    only those of the slice count as found or to be found. A slice of users is measured over their lists.
    """

    items: dict[str, NDArray[np.bool_]]
    users: dict[str, NDArray[np.bool_]]

    def measure(
        self, top: NDArray[np.int64], hits: Hits, holdout: Holdout, ks: Sequence[int]
    ) -> dict[str, NDArray[np.float64]]:
        """Return "ndcg@20/tail items" and so on: a figure for each user of a slice; empty ones are left out.

        ``top`` int64[m, k], the lists, and ``hits`` bool[m, k], where they show a test item.
        """
        found: dict[str, NDArray[np.float64]] = {}
        of_list = np.repeat(np.arange(len(top)), holdout.num_relevant)
        for name, of_slice in self.items.items():
            wanted = np.bincount(of_list[of_slice[holdout.items]], minlength=len(top))
            found |= _figures(name, wanted > 0, hits & of_slice[top], wanted, holdout, ks)
        for name, of_slice in self.users.items():
            found |= _figures(name, of_slice[holdout.users], hits, holdout.num_relevant, holdout, ks)
        return found

    def num_users(self, holdout: Holdout) -> dict[str, int]:
        """Return how many users each slice, and each of several domains, is measured over."""
        of_list = np.repeat(np.arange(len(holdout.users)), holdout.num_relevant)
        lists = {name: np.unique(of_list[of_slice[holdout.items]]) for name, of_slice in self.items.items()}
        lists |= {name: np.flatnonzero(of_slice[holdout.users]) for name, of_slice in self.users.items()}
        if len(holdout.domains) > 1:
            lists |= {name: np.flatnonzero(holdout.domain == number) for number, name in enumerate(holdout.domains)}
        return {name: len(np.unique(holdout.users[of_slice])) for name, of_slice in lists.items() if len(of_slice)}


def slice_by_counts(holdout: Holdout) -> Slices:
    """Tell items and users apart by the distinct users or items that they met in what was learnt from.

    ``cold items``: nobody met them. ``warm items``: the others. ``tail items``: of the warm items of a domain the least met, as
    many as hold together at most 20 % of its interactions. ``new users``: those with at most 5 items.
    ``light users``: the quarter of the users asked for who met the fewest, ties by number.

    Source: the long tail as all but the short head that holds 80 % of the interactions: Abdollahpouri et al. 2019, Managing
    Popularity Bias in Recommender Systems with Personalized Re-ranking (FLAIRS).
    """
    of_item = np.bincount(holdout.seen.indices, minlength=holdout.num_items)
    of_user = np.diff(holdout.seen.indptr)
    tail = np.zeros(holdout.num_items, np.bool_)
    for items in holdout.domains.values():
        counts = of_item[items]
        order = np.argsort(counts, kind="stable")
        least = order[np.cumsum(counts[order]) <= TAIL * counts.sum()]
        tail[least + items.start] = True
    asked = np.unique(holdout.users)
    light = np.zeros(holdout.num_users, np.bool_)
    light[asked[np.argsort(of_user[asked], kind="stable")[: len(asked) // 4]]] = True
    return Slices(
        items={"warm items": of_item > 0, "cold items": of_item == 0, "tail items": tail & (of_item > 0)},
        users={"new users": of_user <= NEW, "light users": light},
    )


def _figures(
    name: str,
    lists: NDArray[np.bool_],
    hits: Hits,
    wanted: NDArray[np.int64],
    holdout: Holdout,
    ks: Sequence[int],
) -> dict[str, NDArray[np.float64]]:
    if not lists.any():
        return {}
    users = holdout.users[lists]
    return {
        f"{metric}@{k}/{name}": mean_by_user(METRICS[metric](hits[lists], wanted[lists], k), users)
        for k in ks
        for metric in MEASURED
    }
