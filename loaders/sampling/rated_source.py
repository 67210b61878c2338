"""Examples of values: some users, with all that each of them gave a value."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from loaders.sampling.examples import nodes_by_label
from loaders.sampling.learning_graph import EdgeType
from loaders.sampling.lists import Lists
from loaders.sampling.passes import Passes

_DAMPING = 5.0  # values' worth of nothing unusual in a node's own mean


@dataclass(frozen=True)
class UsualValues:
    """What values are like, and what each user and item adds to them.

    A value v is (v − ``mean``) / ``deviation`` in units; in these, ``user`` float32[n] and ``item`` float32[m] are each node's
    mean, the user's of what is left after the items', drawn to 0 where there are few; 0 without any.
    """

    mean: float
    deviation: float
    lowest: float
    highest: float
    user: NDArray[np.float32]
    item: NDArray[np.float32]
    user_count: NDArray[np.int64]
    item_count: NDArray[np.int64]

    @classmethod
    def of(cls, lists: Lists, num_users: int, num_items: int) -> UsualValues:
        """Measure the values of users' lists."""
        value = lists.number.astype(np.float64)
        mean, deviation = float(value.mean()), max(float(value.std()), 1e-6)
        unit = (value - mean) / deviation
        users = np.repeat(lists.owners, np.diff(lists.offsets))
        item_count = np.bincount(lists.members, minlength=num_items)
        item = np.bincount(lists.members, unit, num_items) / (item_count + _DAMPING)
        user_count = np.bincount(users, minlength=num_users)
        user = np.bincount(users, unit - item[lists.members], num_users) / (user_count + _DAMPING)
        return cls(
            mean,
            deviation,
            float(value.min()),
            float(value.max()),
            user.astype(np.float32),
            item.astype(np.float32),
            user_count,
            item_count,
        )

    def surprise(self, users: NDArray[np.int64], items: NDArray[np.int64], value: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return how far values, float32[m], are above what user and item let expect, in units."""
        surprise: NDArray[np.float32] = (value - self.mean) / self.deviation - self.user[users] - self.item[items]
        return surprise.astype(np.float32)

    def expected(self, users: NDArray[np.int64], items: NDArray[np.int64], value: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return what user and item would let expect if they had not told each value, float32[m], in units."""
        unit = (value - self.mean) / self.deviation
        of_item = self.item[items]
        n_item, n_user = self.item_count[items], self.user_count[users]
        item = (of_item * (n_item + _DAMPING) - unit) / (n_item - 1 + _DAMPING)
        user = (self.user[users] * (n_user + _DAMPING) - (unit - of_item)) / (n_user - 1 + _DAMPING)
        expected: NDArray[np.float32] = (item + user).astype(np.float32)
        return expected


@dataclass(frozen=True)
class RatedExamples:
    """All the values that b users gave to p items, in units of :class:`UsualValues`.

    ``source``: int64[b], distinct users; ``items``: int64[p], distinct, ascending; ``row`` and ``column``: int64[m], which user
    valued which of the items, each pair once; ``value``, ``surprise`` and ``expected``: float32[m].
    """

    etype: EdgeType
    source: NDArray[np.int64]
    items: NDArray[np.int64]
    row: NDArray[np.int64]
    column: NDArray[np.int64]
    value: NDArray[np.float32]
    surprise: NDArray[np.float32]
    expected: NDArray[np.float32]

    def nodes(self) -> dict[str, NDArray[np.int64]]:
        """Return the users and the items, by label."""
        return nodes_by_label(self.etype, self.source, self.items)

    def relabel(self, seeds: dict[str, NDArray[np.int64]]) -> RatedExamples:
        """Replace dense indices by positions in ``seeds`` (sorted, distinct)."""
        source_label, _, target_label = self.etype
        return replace(
            self,
            source=np.searchsorted(seeds[source_label], self.source),
            items=np.searchsorted(seeds[target_label], self.items),
        )

    def hidden_pairs(self) -> None:
        """Hide none."""

    def __len__(self) -> int:
        return len(self.row)


class RatedSource:
    """Draws users with all their values, ``batch_size`` values a batch or so; one (seed, epoch, step) gives one batch."""

    def __init__(self, etype: EdgeType, lists: Lists, usual: UsualValues, batch_size: int) -> None:
        self.etype = etype
        self._lists = lists
        self._usual = usual
        self._users_a_batch = max(1, round(batch_size * len(lists) / max(1, len(lists.members))))
        self._passes = Passes(etype, np.arange(len(lists)))

    @property
    def num_batches(self) -> int:
        """Batches in one pass."""
        return int(-(-len(self._lists) // self._users_a_batch))

    def draw(self, seed: int, epoch: int, step: int, rng: np.random.Generator) -> RatedExamples:
        """Return batch ``step`` of ``epoch``."""
        order = self._passes.order(seed, epoch, step // self.num_batches)
        first = (step % self.num_batches) * self._users_a_batch
        lists = np.sort(order[first : first + self._users_a_batch])
        row, rows = self._lists.rows(lists)
        members, value, users = self._lists.members[rows], self._lists.number[rows], self._lists.owners[lists]
        items, column = np.unique(members, return_inverse=True)
        return RatedExamples(
            etype=self.etype,
            source=users,
            items=items,
            row=row,
            column=column,
            value=((value - self._usual.mean) / self._usual.deviation).astype(np.float32),
            surprise=self._usual.surprise(users[row], members, value),
            expected=self._usual.expected(users[row], members, value),
        )
