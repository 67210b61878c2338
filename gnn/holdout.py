"""What an evaluation asks: which users to rank for, what they have seen, what was withheld from them."""

from __future__ import annotations

import numpy as np

from gnn.errors import EvaluationError
from gnn.interactions import Interactions


class Holdout:
    """Train pairs to mask and test pairs to find. Make it once and evaluate many times.

    A test pair that is also a train pair can never be recommended, as seen items are masked: it is left out
    and counted in ``num_unreachable``. Users with nothing left to find, such as those who have seen every
    item, are left out and counted in ``num_skipped``.

    Shapes: ``users`` int64[n], those to rank for, ascending; the test items of ``users[i]`` are
    ``items[offsets[i]:offsets[i + 1]]``, ascending; ``seen`` is a CSR float32[num_users, num_items].

    Raises:
        EvaluationError: train and test of different sizes, or nothing left to find.
    """

    def __init__(self, train: Interactions, test: Interactions) -> None:
        sizes = (train.num_users, train.num_items), (test.num_users, test.num_items)
        if sizes[0] != sizes[1]:
            raise EvaluationError(
                f"train has (users, items) {sizes[0]}, test {sizes[1]}; expected the same. "
                "Count users and items over both, and index both with one map."
            )
        self.num_users, self.num_items = sizes[0]
        self.seen = train.matrix()
        seen = np.unique(train.user_index * self.num_items + train.item_index)
        wanted = np.unique(test.user_index * self.num_items + test.item_index)
        found = wanted[~np.isin(wanted, seen, assume_unique=True)]
        if not found.size:
            raise EvaluationError(
                f"none of {wanted.size} test pairs is left after {seen.size} train pairs are masked; "
                "expected at least one. Check that test was split off from train."
            )
        user, self.items = np.divmod(found, self.num_items)
        self.users, counts = np.unique(user, return_counts=True)
        self.offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        self.num_relevant = counts.astype(np.int64)
        self.num_unreachable = int(wanted.size - found.size)
        self.num_skipped = int(np.unique(wanted // self.num_items).size - self.users.size)
