"""Score items for users as a release serves them: by what it has in the graph, or by what is popular."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from gnn.evaluate import Scorer
from gnn.fused_retrieval import FusedRetrieval
from gnn.interactions import Interactions
from gnn.topk import mask, top_k
from graph.choice import Choice
from graph.database import Database
from graph.embeddings import Embeddings
from graph.fused import SHARE
from graph.neighbours import Retrieve, SimilarItems
from graph.releases import Release
from graph.releases.stored import read_ranking, read_similar
from graph.schema import Schema
from hopline.history import History
from loaders.interactions import InteractionLog
from loaders.item_space import ItemSpace

_BATCH_SCORES = 2**20  # scores held at a time


def asked_by(release: Release, retrieve: Retrieve | None) -> Retrieve:
    """Return what finds a release's recommendations, ``retrieve`` being ``[ask] retrieve``.

    One without relationships between items has vectors alone to be ranked by, whatever it is asked for.
    """
    return "vectors+similar" if release.similar is not None and Choice(retrieve=retrieve).fuses(release) else "vectors"


class ReleaseScorer:
    """A scorer over the users and items of a log by a release's vectors; an item that it has no vector of is never shown.

    ``known``: bool[num_users], whom the release has a vector of; others get its popular items. ``similar`` are the neighbours
    by which it is asked too, of the items ``item_ids``, by label; None: its vectors alone do.
    """

    def __init__(
        self,
        users: Embeddings,
        items: Sequence[Embeddings],
        popular: Mapping[str, Sequence[Any]],
        user_ids: NDArray[Any],
        space: ItemSpace,
        similar: SimilarItems | None = None,
    ) -> None:
        self.item_ids, self.similar = {part.label: part.ids for part in items}, similar
        self._space = space
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
    def of(cls, database: Database, schema: Schema, release: Release, log: InteractionLog, retrieve: Retrieve) -> ReleaseScorer:
        """Return the scorer of a release, complete or being checked, that is asked by ``retrieve`` (see :func:`asked_by`).

        Raises:
            ReleaseError: the release is of another schema, or damaged.
        """
        users, items = read_ranking(database, schema, release)
        popular = {domain.label: domain.popular for domain in release.domains}
        similar = read_similar(database, schema, release, items) if retrieve == "vectors+similar" else None
        return cls(users, items, popular, log.user_ids, log.items, similar)

    def score(self, user_index: NDArray[np.int64]) -> NDArray[np.float32]:
        """Map int64[b] to float32[b, num_items]."""
        scores = np.where(self._is_shown, self._users[user_index] @ self._items.T, np.float32(-np.inf))
        return np.where(self.known[user_index, None], scores, self._popularity)

    @property
    def retrieve(self) -> Retrieve:
        """What finds its recommendations."""
        return "vectors" if self.similar is None else "vectors+similar"

    def answering(self, k: int, history: History) -> Scorer:
        """Return what ranks as answers of ``k`` items do: by both, fused, where neighbours find items too."""
        if self.similar is None:
            return self
        domains = list(self._space.places.values())
        fused = FusedRetrieval(self, self._weights(self.similar), history.last, history.seen.matrix(), domains, k, SHARE)
        return _ByPopularityIfUnknown(fused, self)

    def _weights(self, similar: SimilarItems) -> sparse.csr_array:
        """Return the neighbours' weights over the items of the log; those that the log does not have are left out."""
        place_of = np.concatenate([self._places_of(label, ids) for label, ids in self.item_ids.items()])
        weights = similar.matrix().tocoo()
        row, column = place_of[weights.row], place_of[weights.col]
        kept = (row >= 0) & (column >= 0)
        shape = (len(self._space), len(self._space))
        return sparse.csr_array((weights.data[kept], (row[kept], column[kept])), shape=shape)

    def _places_of(self, label: str, ids: NDArray[Any]) -> NDArray[np.int64]:
        """Return where items of a release are among those of the log, int64[n], -1 for those that are not there."""
        if label not in self._space.places:
            return np.full(len(ids), -1, np.int64)
        rows, found = _places(self._space.ids[label], ids)
        return np.where(found, rows + self._space.places[label].start, -1)


class _ByPopularityIfUnknown:
    """A scorer that ranks as another for users whom a release knows, and as the release itself does for others."""

    def __init__(self, scorer: Scorer, release: ReleaseScorer) -> None:
        self._scorer, self._release = scorer, release

    def score(self, user_index: NDArray[np.int64]) -> NDArray[np.float32]:
        """Map int64[b] to float32[b, num_items]."""
        is_known = self._release.known[user_index]
        if is_known.all():
            return self._scorer.score(user_index)
        scores = self._release.score(user_index)
        scores[is_known] = self._scorer.score(user_index[is_known])
        return scores


def best_unseen(
    scorer: Scorer, seen: Interactions, users: NDArray[np.int64], items: slice, k: int
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
