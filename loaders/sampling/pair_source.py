"""Examples of how far it came between a user and an item, and of users and items that never met."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from loaders.sampling.examples import nodes_by_label
from loaders.sampling.learning_graph import EdgeType
from loaders.sampling.passes import Passes


@dataclass(frozen=True)
class Pairs:
    """m distinct pairs of a user and an item, by user and item: int64[m] each, and ``level``, how many steps were taken."""

    source: NDArray[np.int64]
    target: NDArray[np.int64]
    level: NDArray[np.int64]
    num_targets: int

    def __len__(self) -> int:
        return len(self.source)

    def keys(self) -> NDArray[np.int64]:
        """Return a number a pair, int64[m], ascending."""
        return self.source * self.num_targets + self.target


def gather_pairs(source: NDArray[np.int64], target: NDArray[np.int64], level: NDArray[np.int64], num_targets: int) -> Pairs:
    """Gather events int64[k] each by pair: the furthest step counts."""
    keys, place = np.unique(source * num_targets + target, return_inverse=True)
    furthest = np.zeros(len(keys), np.int64)
    np.maximum.at(furthest, place, level)
    return Pairs(keys // num_targets, keys % num_targets, furthest, num_targets)


def draw_strangers(
    users: NDArray[np.int64], met: NDArray[np.int64], num_targets: int, rng: np.random.Generator, tries: int = 20
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return for each user an item it never met, uniform among those, int64[k] and int64[k].

    ``met``: sorted keys of the pairs that met, user · ``num_targets`` + item. A user who found none in so many tries, having
    met nearly all, is left out.
    """
    target = rng.integers(num_targets, size=len(users))
    left = np.arange(len(users))
    for _ in range(tries):
        key = users[left] * num_targets + target[left]
        place = np.minimum(np.searchsorted(met, key), max(0, len(met) - 1))
        left = left[met[place] == key] if len(met) else left[:0]
        if not len(left):
            break
        target[left] = rng.integers(num_targets, size=len(left))
    else:
        key = users[left] * num_targets + target[left]
        left = left[np.isin(key, met)]
    kept = np.setdiff1d(np.arange(len(users)), left, assume_unique=True)
    return users[kept], target[kept]


@dataclass(frozen=True)
class PairExamples:
    """b pairs of a user and an item; ``level``: int64[b], how many steps were taken, 0 for those that never met."""

    etype: EdgeType
    source: NDArray[np.int64]
    target: NDArray[np.int64]
    level: NDArray[np.int64]

    def nodes(self) -> dict[str, NDArray[np.int64]]:
        """Return both ends, by label."""
        return nodes_by_label(self.etype, self.source, self.target)

    def relabel(self, seeds: dict[str, NDArray[np.int64]]) -> PairExamples:
        """Replace dense indices by positions in ``seeds`` (sorted, distinct)."""
        source_label, _, target_label = self.etype
        return replace(
            self,
            source=np.searchsorted(seeds[source_label], self.source),
            target=np.searchsorted(seeds[target_label], self.target),
        )

    def hidden_pairs(self) -> None:
        """Hide none."""

    def __len__(self) -> int:
        return len(self.source)


class PairSource:
    """Draws ``batch_size`` pairs that met, and as many times ``num_strangers`` of their users with items they never met."""

    def __init__(self, etype: EdgeType, pairs: Pairs, batch_size: int, num_strangers: int) -> None:
        self.etype = etype
        self.pairs = pairs
        self.batch_size = batch_size
        self.num_strangers = num_strangers
        self._met = pairs.keys()
        self._passes = Passes(etype, np.arange(len(pairs)))

    @property
    def num_batches(self) -> int:
        """Batches in one pass."""
        return int(-(-len(self.pairs) // self.batch_size))

    def draw(self, seed: int, epoch: int, step: int, rng: np.random.Generator) -> PairExamples:
        """Return batch ``step`` of ``epoch``; ``rng`` draws those who never met."""
        order = self._passes.order(seed, epoch, step // self.num_batches)
        first = (step % self.num_batches) * self.batch_size
        rows = order[first : first + self.batch_size]
        users, items = draw_strangers(
            np.repeat(self.pairs.source[rows], self.num_strangers), self._met, self.pairs.num_targets, rng
        )
        return PairExamples(
            self.etype,
            np.concatenate([self.pairs.source[rows], users]),
            np.concatenate([self.pairs.target[rows], items]),
            np.concatenate([self.pairs.level[rows], np.zeros(len(users), np.int64)]),
        )
