"""Score items for users as a release serves them: by its vectors as they lie in the graph, or by what is popular."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gnn.interactions import Interactions
from gnn.topk import mask, top_k
from graph.database import Database
from graph.embeddings import Embeddings
from graph.releases import Release
from graph.releases.stored import read_ranking
from graph.schema import Schema
from loaders.interactions import InteractionLog
from loaders.item_space import ItemSpace

_BATCH_SCORES = 2**20  # scores held at a time


class ReleaseScorer:
    """A scorer over the users and items of a log; an item that the release has no vector of is never shown.

    ``known``: bool[num_users], whom the release has a vector of; others get its popular items.
    """

    def __init__(
        self,
        users: Embeddings,
        items: Sequence[Embeddings],
        popular: Mapping[str, Sequence[Any]],
        user_ids: NDArray[Any],
        space: ItemSpace,
    ) -> None:
        rows, found = _places(users.ids, user_ids)
        self._users: NDArray[np.float32] = np.where(found[:, None], users.vectors[rows], np.float32(0))
        self.known = np.abs(self._users).max(axis=1) > 0
        self._items = np.zeros((len(space), users.vectors.shape[1]), np.float32)
        self._is_shown = np.zeros(len(space), np.bool_)
        self._popularity = np.full(len(space), -np.inf, np.float32)
        for part in items:
            if part.label in space.places:
                place = space.places[part.label]
                rows, self._is_shown[place] = _places(part.ids, space.ids[part.label])
                self._items[place] = part.vectors[rows]
                self._popularity[place] = _popularity(popular.get(part.label, []), space.ids[part.label])

    @classmethod
    def of(cls, database: Database, schema: Schema, release: Release, log: InteractionLog) -> ReleaseScorer:
        """Return the scorer of a release, complete or being checked.

        Raises:
            ReleaseError: the release is of another schema, or damaged.
        """
        users, items = read_ranking(database, schema, release)
        popular = {domain.label: domain.popular for domain in release.domains}
        return cls(users, items, popular, log.user_ids, log.items)

    def score(self, user_index: NDArray[np.int64]) -> NDArray[np.float32]:
        """Map int64[b] to float32[b, num_items]."""
        scores = np.where(self._is_shown, self._users[user_index] @ self._items.T, np.float32(-np.inf))
        return np.where(self.known[user_index, None], scores, self._popularity)


def best_unseen(
    scorer: ReleaseScorer, seen: Interactions, users: NDArray[np.int64], items: slice, k: int
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return the best items of one domain that each user has not met, int64[n, k], and their scores, float32[n, k].

    Items are numbered as those of all domains; ``gnn.topk.NOTHING`` and minus infinity fill up where fewer are left.
    """
    matrix = seen.matrix()
    size = max(1, _BATCH_SCORES // max(seen.num_items, 1))
    tops, values = [], []
    for first in range(0, max(len(users), 1), size):
        batch = users[first : first + size]
        scores = scorer.score(batch)
        mask(scores, matrix[batch])
        of_domain = scores[:, items]
        top = top_k(of_domain, k)
        tops.append(np.where(top >= 0, top + items.start, top))
        values.append(np.where(top >= 0, np.take_along_axis(of_domain, np.maximum(top, 0), axis=1), np.float32(-np.inf)))
    return np.concatenate(tops), np.concatenate(values)


def _popularity(popular: Sequence[Any], ids: NDArray[Any]) -> NDArray[np.float32]:
    """Return minus the place of each item among the popular ones, minus infinity for others."""
    ranked = np.array([str(node_id) for node_id in popular] or [""])
    place, found = _places(ranked, ids)
    return np.where(found, -place, -np.inf).astype(np.float32)


def _places(among: NDArray[Any], ids: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return where each id is among others, by its text, int64[n], and whether it is; other places mean nothing."""
    place_of = {str(node_id): place for place, node_id in enumerate(among.tolist())}
    places = np.array([place_of.get(str(node_id), -1) for node_id in ids.tolist()], np.int64)
    return np.maximum(places, 0), places >= 0
