"""Candidates of two retrievers and the sums of their scores, user by user, as a statement makes them."""

import numpy as np
import pytest
from scipy import sparse

from gnn.fused_retrieval import FusedRetrieval
from gnn.vector_scorer import VectorScorer

RNG = np.random.default_rng(0)
USERS, ITEMS, SHARE = 9, 14, 0.5


def by_hand(vectors, weights, met, seen, items, k):
    """Each user's items of one domain with their fused scores, by dictionaries."""
    found = []
    for user in range(USERS):
        unmet = [item for item in range(items.start, items.stop) if not seen[user, item]]
        by_vectors = sorted(unmet, key=lambda item: (-vectors[user, item], item))[:k]
        sums = {item: sum(weights[one, item] for one in np.flatnonzero(met[user])) for item in unmet}
        others = sorted((item for item in unmet if sums[item] > 0), key=lambda item: (-sums[item], item))
        others = [item for item in others if item not in by_vectors][: 2 * k - len(by_vectors)]
        most_alike = max((abs(vectors[user, item]) for item in [*by_vectors, *others]), default=1)
        heaviest = max((sums[item] for item in [*by_vectors, *others]), default=0) or 1
        found.append(
            {item: vectors[user, item] / most_alike + SHARE * sums[item] / heaviest for item in [*by_vectors, *others]}
        )
    return found


@pytest.mark.parametrize("k", [1, 3, 20])
@pytest.mark.parametrize("domains", [[slice(0, ITEMS)], [slice(0, 5), slice(5, ITEMS)]], ids=["one domain", "two"])
def test_scores_are_those_of_lists_made_by_hand_and_all_else_is_never_shown(domains, k):
    vectors = VectorScorer(*(RNG.normal(size=(size, 3)).astype(np.float32) for size in (USERS, ITEMS)))
    weights = np.where(RNG.random((ITEMS, ITEMS)) < 0.3, RNG.random((ITEMS, ITEMS)), 0).astype(np.float32)
    met = (RNG.random((USERS, ITEMS)) < 0.2).astype(np.float32)
    seen = np.maximum(met, RNG.random((USERS, ITEMS)) < 0.1).astype(np.float32)
    met[0] = 0  # nothing that they liked leads anywhere
    sparse_ones = (sparse.csr_array(of) for of in (weights, met, seen))
    scores = FusedRetrieval(vectors, *sparse_ones, domains, k, SHARE).score(np.arange(USERS))
    for items in domains:
        for user, wanted in enumerate(by_hand(vectors.score(np.arange(USERS)), weights, met, seen, items, k)):
            got = {items.start + place: score for place, score in enumerate(scores[user, items]) if score > -np.inf}
            assert got == pytest.approx(wanted)
