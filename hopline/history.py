"""What users met, as answers take it: what is not shown to them again, and what neighbours are followed from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from gnn.interactions import Interactions
from graph.asking import either_type, interaction_types, liking_types
from graph.database import Database
from graph.fused import MOST_MET
from graph.met_items import last_liked, read_met_items
from graph.schema import Schema
from graph.snapshot import Snapshot
from loaders.interactions import InteractionLog


@dataclass(frozen=True, eq=False)
class History:
    """What users have ``seen`` in any way, and how to find what they liked last."""

    seen: Interactions
    find_last: Callable[[], sparse.csr_array]

    @cached_property
    def last(self) -> sparse.csr_array:
        """What users liked last of each domain, float32[num_users, num_items], 1 or nothing.

        It is found when it is first asked for, as vectors do without.
        """
        return self.find_last()

    @classmethod
    def of_snapshot(cls, snapshot: Snapshot, log: InteractionLog) -> History:
        """Return that of all users, by a snapshot and its ``log``.

        Of users who liked more than ``MOST_MET`` items of a domain at unknown times, which are the last is a guess.
        """
        return cls(_pairs(log, log.user_index, log.item_index), lambda: _last_by_log(snapshot, log))

    @classmethod
    def of_users(cls, database: Database, schema: Schema, log: InteractionLog, users: NDArray[np.int64]) -> History:
        """Return that of some users, int64[n]; what they liked last is read of the graph, as a statement finds it there."""
        return cls(_pairs(log, log.user_index, log.item_index), lambda: _last_in_graph(database, schema, log, users))


def _pairs(log: InteractionLog, users: NDArray[np.int64], items: NDArray[np.int64]) -> Interactions:
    return Interactions(users, items, len(log.user_ids), len(log.items))


def _last_by_log(snapshot: Snapshot, log: InteractionLog) -> sparse.csr_array:
    schema = snapshot.schema
    liking = liking_types(schema) or interaction_types(schema, schema.items[0])
    is_liked = np.concatenate(
        [np.full(len(snapshot.edges[kind.triple].source), kind.type in liking) for kind in schema.interactions]
    )
    rows = log.newest_of_pairs(np.flatnonzero(is_liked))
    kept = []
    for place in log.items.places.values():
        of_domain = rows[(log.item_index[rows] >= place.start) & (log.item_index[rows] < place.stop)]
        users = log.user_index[of_domain]
        kept.append(of_domain[np.arange(len(users)) - np.searchsorted(users, users) < MOST_MET])
    found = np.concatenate(kept)
    return _pairs(log, log.user_index[found], log.item_index[found]).matrix()


def _last_in_graph(database: Database, schema: Schema, log: InteractionLog, users: NDArray[np.int64]) -> sparse.csr_array:
    row_of = {str(user_id): user for user, user_id in zip(users.tolist(), log.user_ids[users].tolist(), strict=True)}
    user_ids = [either for user_id in log.user_ids[users].tolist() for either in either_type(user_id)]
    found: list[tuple[int, int]] = []
    for label, place in log.items.places.items():
        number_of = {str(item_id): place.start + row for row, item_id in enumerate(log.items.ids[label].tolist())}
        for user_id, met in read_met_items(database, schema, schema.domain(label), user_ids).items():
            last = last_liked(met, MOST_MET)
            found += [(row_of[str(user_id)], number_of[str(one)]) for one in last if str(one) in number_of]
    return _pairs(log, *np.array(found, np.int64).reshape(-1, 2).T).matrix()
