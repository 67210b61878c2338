"""Whether an explanation is true: how far the score falls without what it names, beside as much like it drawn at random."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gnn.attribution.propagation import Ints, Propagation


@dataclass(frozen=True)
class Faithfulness:
    """How far a score falls without some relationships, and, a mean over draws, without as many drawn at random."""

    drop: float
    drop_random: float


def measure_faithfulness(
    steps: Propagation, user: int, item: int, relationships: Ints, *, draws: int = 5, seed: int = 0
) -> Faithfulness:
    """Leave relationships out of the encoder's sums, all else as it is, and tell how far the score of the pair falls.

    Those drawn are of the same types, and as many of each at the user, at the item, and beyond, at a neighbour of either.

    Source: Yuan et al. 2022, Explainability in graph neural networks: a taxonomic survey (fidelity+).
    """
    full = steps.score(user, item)
    pools = _pools(steps, user, item)
    rng = np.random.default_rng(seed)
    random = [full - steps.score(user, item, _alike(steps, pools, relationships, rng)) for _ in range(draws)]
    return Faithfulness(full - steps.score(user, item, relationships), float(np.mean(random)))


def _pools(steps: Propagation, user: int, item: int) -> list[Ints]:
    """Return the relationships at the user, those others at the item, and those others at a neighbour of either."""
    at_user, at_item = (steps.relationships_of(np.array([node])) for node in (user, item))
    neighbours = np.unique(steps.source[steps.edges_into(np.array([user, item]))])
    at_item = np.setdiff1d(at_item, at_user)
    beyond = np.setdiff1d(steps.relationships_of(neighbours), np.concatenate([at_user, at_item]))
    return [at_user, at_item, beyond]


def _alike(steps: Propagation, pools: list[Ints], relationships: Ints, rng: np.random.Generator) -> Ints:
    """Draw as many relationships of each type from each pool as it has of ``relationships``."""
    drawn = []
    for pool in pools:
        kinds, counts = np.unique(steps.kind[np.intersect1d(relationships, pool)], return_counts=True)
        for kind, count in zip(kinds, counts, strict=True):
            drawn.append(rng.choice(pool[steps.kind[pool] == kind], count, replace=False))
    return np.concatenate([np.zeros(0, np.int64), *drawn])
