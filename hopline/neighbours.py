"""The strongest neighbours of items that a release is published with."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from gnn.baselines import EASE, RP3beta
from gnn.interactions import Interactions
from graph.embeddings import ReleaseDraft
from graph.neighbours import (
    MOST_NEIGHBOURS,
    Neighbours,
    Retrieve,
    SimilarItems,
    heaviest,
    nearest_by_cosine,
    strongest,
)
from graph.progress import OnStage
from loaders.item_space import ItemSpace

USUAL_NEIGHBOURS = 20
"""Neighbours of an item that are written where recommendations are found by them and no number is configured."""


def neighbours_by_ease(model: EASE, items: ItemSpace) -> SimilarItems:
    """Return the neighbours of each item within its domain by a closed-form model's weights.

    A weight is what having met the one adds to the score of the other; those below 0 are none.
    """

    def of_domain(places: slice) -> Neighbours:
        def weights(rows: NDArray[np.int64]) -> NDArray[np.float32]:
            one = np.ones(len(rows), np.float32)
            met = sparse.csr_array((one, (np.arange(len(rows)), rows + places.start)), shape=(len(rows), len(items)))
            return model.fold_in(met)[:, places]

        return strongest(weights, places.stop - places.start, MOST_NEIGHBOURS)

    return SimilarItems("ease", tuple(of_domain(items.places[label]) for label, ids in items.ids.items() if len(ids)))


def neighbours_by_walks(alpha: float, beta: float, pairs: Interactions, items: ItemSpace) -> SimilarItems:
    """Return the neighbours of each item by RP3beta's walks over who met what of its domain.

    A weight is what having met the one adds to the score of the other, but for what is the same for all that a user met.
    """

    def of_domain(places: slice) -> Neighbours:
        rows = (pairs.item_index >= places.start) & (pairs.item_index < places.stop)
        users, met = pairs.user_index[rows], pairs.item_index[rows] - places.start
        model = RP3beta(alpha, beta, MOST_NEIGHBOURS).fit(users, met, pairs.num_users, places.stop - places.start)
        return heaviest(model.walks, MOST_NEIGHBOURS)

    return SimilarItems("rp3beta", tuple(of_domain(items.places[label]) for label, ids in items.ids.items() if len(ids)))


def num_published(similar: int | None, retrieve: Retrieve) -> int:
    """Return how many neighbours of an item are written, ``similar`` being ``[publish] similar``: as many as it says.

    Where it says nothing, they are written if what finds recommendations needs them.
    """
    if similar is not None:
        return similar
    return USUAL_NEIGHBOURS if retrieve == "vectors+similar" else 0


def near_as_chosen(retrieve: Retrieve, similar: SimilarItems | None, wanted: int | None) -> SimilarItems | None:
    """Return the neighbours that find recommendations, ``wanted`` being ``[publish] similar``; None: vectors do alone."""
    k = num_published(wanted, retrieve)
    return similar.first(k) if retrieve == "vectors+similar" and similar is not None and k else None


def neighbours_of(draft: ReleaseDraft, k: int, on_stage: OnStage) -> SimilarItems | None:
    """Return the ``k`` strongest neighbours of the items of a draft: its own, or, where it has none, by its vectors' cosines.

    None for ``k`` 0: none are asked for.
    """
    if not k:
        return None
    if draft.similar is not None:
        return draft.similar.first(k)
    on_stage("finding each item's neighbours by the cosine of their vectors", 0, 0)
    return SimilarItems("cosine", tuple(nearest_by_cosine(items.vectors, k) for items in draft.items))
