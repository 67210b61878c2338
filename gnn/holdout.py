"""What an evaluation asks: which users to rank for, what they have seen, what was withheld from them."""

from __future__ import annotations

import numpy as np

from gnn.errors import EvaluationError
from gnn.interactions import Interactions


class Holdout:
    """Train pairs to mask and test pairs to find. Make it once and evaluate many times.

    There is a list to rank for each user and each domain with something of theirs to find: of the items of that domain alone,
    as recommendations are. With one domain, that is a list a user.

    A test pair that is also a train pair can never be recommended, as seen items are masked: it is left out
    and counted in ``num_unreachable``. Lists with nothing left to find, such as those of users who have seen every
    item, are left out and counted in ``num_skipped``.

    Shapes: ``users`` int64[n], whose list it is, and ``domain`` int64[n], which of ``domains`` it is of, by ascending domain
    and user; the test items of list i are ``items[offsets[i]:offsets[i + 1]]``, ascending; ``seen`` is a CSR
    float32[num_users, num_items]. ``domains`` gives the items of each domain as a slice of all, by name.

    Raises:
        EvaluationError: train and test of different sizes or domains, or nothing left to find.
    """

    def __init__(self, train: Interactions, test: Interactions) -> None:
        sizes = (train.num_users, train.num_items), (test.num_users, test.num_items)
        if sizes[0] != sizes[1] or train.domains != test.domains:
            raise EvaluationError(
                f"train has (users, items) {sizes[0]} and the domains {train.domains}, test {sizes[1]} and {test.domains}; "
                "expected the same. Count users and items over both, and index both with one map."
            )
        self.num_users, self.num_items = sizes[0]
        num_of = train.domains or {"": self.num_items}
        ends = np.cumsum([0, *num_of.values()]).tolist()
        self.domains = {name: slice(*ends[number : number + 2]) for number, name in enumerate(num_of)}
        domain_of = np.repeat(np.arange(len(num_of)), list(num_of.values()))
        self.seen = train.matrix()
        seen = np.unique(train.user_index * self.num_items + train.item_index)
        wanted = np.unique(test.user_index * self.num_items + test.item_index)
        found = wanted[~np.isin(wanted, seen, assume_unique=True)]
        if not found.size:
            raise EvaluationError(
                f"none of {wanted.size} test pairs is left after {seen.size} train pairs are masked; "
                "expected at least one. Check that test was split off from train."
            )
        found = found[np.argsort(domain_of[found % self.num_items], kind="stable")]
        user, self.items = np.divmod(found, self.num_items)
        lists, counts = np.unique(domain_of[self.items] * self.num_users + user, return_counts=True)
        self.domain, self.users = np.divmod(lists, self.num_users)
        self.offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        self.num_relevant = counts.astype(np.int64)
        self.num_unreachable = int(wanted.size - found.size)
        asked = domain_of[wanted % self.num_items] * self.num_users + wanted // self.num_items
        self.num_skipped = int(np.unique(asked).size - self.users.size)
