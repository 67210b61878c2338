"""Neighbours of items by the closed-form model, and by vectors where there is none."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from gnn.baselines import EASE, RP3beta
from gnn.interactions import Interactions
from graph.neighbours import nearest_by_cosine
from graph.progress import silent
from hopline.neighbours import neighbours_by_ease, neighbours_by_walks, neighbours_of
from loaders.item_space import ItemSpace
from tests.small_releases import make_draft

RNG = np.random.default_rng(0)
ITEMS = ItemSpace({"Item": np.arange(7), "None": np.arange(0), "Article": np.arange(5)})


def closed_form(interactions, reg):
    """B as its formula is written."""
    inverse = np.linalg.inv((interactions.T @ interactions).toarray() + reg * np.eye(interactions.shape[1]))
    weights = -inverse / np.diag(inverse)
    np.fill_diagonal(weights, 0)
    return weights


@pytest.mark.parametrize("num_users", [6, 40])
def test_weights_are_those_of_the_closed_form_within_each_domain(num_users):
    taken = sparse.csr_array((RNG.random((num_users, len(ITEMS))) < 0.4).astype(np.float32))
    users, items = taken.nonzero()
    model = EASE(reg=3.0).fit(users, items, num_users, len(ITEMS))
    wanted = closed_form(taken, 3.0)
    found = neighbours_by_ease(model, ITEMS)
    assert (found.by, len(found.of_domains)) == ("ease", 2)
    for neighbours, places in zip(found.of_domains, (ITEMS.places["Item"], ITEMS.places["Article"]), strict=True):
        of_domain = wanted[places, places]
        assert neighbours.number == (of_domain > 0).sum() > 0
        for item, (rows, weights) in enumerate(zip(neighbours.places, neighbours.weights, strict=True)):
            order = [place for place in np.argsort(-of_domain[item]) if of_domain[item, place] > 0]
            assert weights[: len(order)] == pytest.approx(of_domain[item, order], rel=1e-3)
            assert set(rows[: len(order)].tolist()) == set(order)


@pytest.mark.parametrize("share", [0.4, 0.0])
def test_walks_are_those_over_what_was_met_of_each_domain(share):
    taken = (RNG.random((30, len(ITEMS))) < share).astype(np.float32)
    users, items = taken.nonzero()
    found = neighbours_by_walks(0.7, 0.2, Interactions(users, items, 30, len(ITEMS)), ITEMS)
    assert (found.by, len(found.of_domains)) == ("rp3beta", 2)
    for neighbours, label in zip(found.of_domains, ("Item", "Article"), strict=True):
        of_domain = taken[:, ITEMS.places[label]]
        wanted = RP3beta(0.7, 0.2).fit(*of_domain.nonzero(), *of_domain.shape).walks
        assert (neighbours.matrix() != wanted).nnz == 0
        assert neighbours.number == (0 if not share else len(neighbours.places) * (len(neighbours.places) - 1))


def test_a_draft_is_published_with_its_own_neighbours_or_with_those_of_its_vectors_or_with_none():
    draft = make_draft()
    by_vectors = neighbours_of(draft, 3, silent)
    assert by_vectors.by == "cosine"
    assert by_vectors.of_domains[0].places.tolist() == nearest_by_cosine(draft.items[0].vectors, 3).places.tolist()
    own = replace(by_vectors, by="ease")
    cut = neighbours_of(replace(draft, similar=own), 2, silent)
    assert (cut.by, cut.of_domains[0].places.shape) == ("ease", (40, 2))
    assert neighbours_of(replace(draft, similar=own), 0, silent) is None
