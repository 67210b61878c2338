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
    pools = _pools(steps, user, item, relationships)
    rng = np.random.default_rng(seed)
    random = []
    for _ in range(draws):
        drawn = [rng.choice(pool, count, replace=False) for pool, count in pools]
        random.append(full - steps.score(user, item, np.concatenate([relationships[:0], *drawn])))
    return Faithfulness(full - steps.score(user, item, relationships), float(np.mean(random)))


def _pools(steps: Propagation, user: int, item: int, relationships: Ints) -> list[tuple[Ints, int]]:
    """Return what to draw from, and how many: for each type, the relationships at one of the three places."""
    place = np.zeros(len(steps.kind), np.int8)
    neighbours = np.unique(steps.source[steps.edges_into(np.array([user, item]))])
    for number, nodes in enumerate((neighbours, np.array([item]), np.array([user])), 1):
        place[steps.relationships_of(nodes)] = number
    found = []
    for number, kind in sorted({*zip(place[relationships].tolist(), steps.kind[relationships].tolist(), strict=True)}):
        pool = np.flatnonzero((place == number) & (steps.kind == kind))
        found.append((pool, int(np.isin(relationships, pool).sum())))
    return found
