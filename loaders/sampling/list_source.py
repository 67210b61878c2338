"""Examples of a ranking: some users, all that each of them chose, and the items it is chosen from."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from loaders.sampling.examples import nodes_by_label
from loaders.sampling.learning_graph import EXAMPLE, EdgeType, LearningGraph
from loaders.sampling.passes import Passes

SCORES_A_STEP = 1 << 25  # of users times items, which bounds a step's memory at 128 MiB


@dataclass(frozen=True)
class ListExamples:
    """The lists of b users: what they chose among p items.

    ``source``: int64[b], distinct users; ``pool``: int64[p], distinct items, ascending; ``row`` and ``column``: int64[m],
    which user chose which item of the pool, each pair once; ``weight``: float32[m], what each choice counts, None: 1.
    ``log_rate``: float32[p], the log of how many items of the catalogue one of the pool stands for, None where the pool is the
    whole catalogue. Whatever one of the users chose is in the pool for certain and stands for itself alone; of the others a
    uniform sample is.
    """

    etype: EdgeType
    source: NDArray[np.int64]
    pool: NDArray[np.int64]
    row: NDArray[np.int64]
    column: NDArray[np.int64]
    weight: NDArray[np.float32] | None
    log_rate: NDArray[np.float32] | None

    def nodes(self) -> dict[str, NDArray[np.int64]]:
        """Return the users and the pool, by label."""
        return nodes_by_label(self.etype, self.source, self.pool)

    def relabel(self, seeds: dict[str, NDArray[np.int64]]) -> ListExamples:
        """Replace dense indices by positions in ``seeds`` (sorted, distinct)."""
        source_label, _, target_label = self.etype
        return replace(
            self,
            source=np.searchsorted(seeds[source_label], self.source),
            pool=np.searchsorted(seeds[target_label], self.pool),
        )

    def hidden_pairs(self) -> None:
        """Hide none."""

    def __len__(self) -> int:
        return len(self.row)


class ListSource:
    """Draws users with all they chose by one edge type; the same (seed, epoch, step) always gives the same batch.

    ``edge_ids``: int64[m], the edges that are choices; None: all. Two of one user and item are one that counts what they count
    together. A batch holds at most ``batch_size`` users, fewer where the catalogue is large.
    """

    def __init__(
        self,
        data: LearningGraph,
        etype: EdgeType,
        batch_size: int,
        num_negatives: int,
        edge_ids: NDArray[np.int64] | None = None,
    ) -> None:
        graph = data.graph
        source, target = (ends.numpy() for ends in graph.edges(etype=etype, order="eid"))
        weight = graph.edges[etype].data[EXAMPLE].numpy() if EXAMPLE in graph.edges[etype].data else np.ones(len(source))
        if edge_ids is not None:
            source, target, weight = source[edge_ids], target[edge_ids], weight[edge_ids]
        self.etype = etype
        self.num_targets = graph.num_nodes(etype[2])
        self.num_negatives = num_negatives
        pairs, place = np.unique(source * self.num_targets + target, return_inverse=True)
        weight = np.bincount(place, weight).astype(np.float32)
        self._weight = None if (weight == 1).all() else weight
        self._target = pairs % self.num_targets
        self._users, first = np.unique(pairs // self.num_targets, return_index=True)
        self._offsets = np.append(first, len(pairs))
        largest_pool = min(self.num_targets, num_negatives + batch_size * -(-len(pairs) // max(1, len(self._users))))
        self.batch_size = max(1, min(batch_size, SCORES_A_STEP // max(1, largest_pool)))
        self._passes = Passes(etype, np.arange(len(self._users)))
        self._all: ListExamples | None = None

    @property
    def num_edges(self) -> int:
        """Pairs of user and item to learn from."""
        return int(self._target.size)

    @property
    def num_batches(self) -> int:
        """Batches in one pass."""
        return int(-(-self._users.size // self.batch_size))

    def draw(self, seed: int, epoch: int, step: int, rng: np.random.Generator) -> ListExamples:
        """Return batch ``step`` of ``epoch``; ``rng`` draws the negatives."""
        if self.num_batches == 1:  # the same users each time, and the same pool if that is the catalogue
            if self._all is None or self._all.log_rate is not None:
                self._all = self._examples(np.arange(len(self._users)), rng)
            return self._all
        order = self._passes.order(seed, epoch, step // self.num_batches)
        first = (step % self.num_batches) * self.batch_size
        return self._examples(np.sort(order[first : first + self.batch_size]), rng)

    def _examples(self, lists: NDArray[np.int64], rng: np.random.Generator) -> ListExamples:
        sizes = np.diff(self._offsets)[lists]
        row = np.repeat(np.arange(len(lists)), sizes)
        rows = np.arange(len(row)) + (self._offsets[lists] - np.append(0, sizes.cumsum()[:-1]))[row]
        target = self._target[rows]
        pool, log_rate = self._pool(np.unique(target), rng)
        return ListExamples(
            etype=self.etype,
            source=self._users[lists],
            pool=pool,
            row=row,
            column=np.searchsorted(pool, target),
            weight=None if self._weight is None else self._weight[rows],
            log_rate=log_rate,
        )

    def _pool(
        self, chosen: NDArray[np.int64], rng: np.random.Generator
    ) -> tuple[NDArray[np.int64], NDArray[np.float32] | None]:
        others = self.num_targets - len(chosen)
        if others <= self.num_negatives:
            return np.arange(self.num_targets), None
        # The k-th item that nobody chose is k, raised by the chosen ones before it.
        drawn = rng.choice(others, self.num_negatives, replace=False)
        drawn += np.searchsorted(chosen - np.arange(len(chosen)), drawn, "right")
        pool = np.sort(np.concatenate([chosen, drawn]))
        log_rate = np.full(len(pool), np.log(others / self.num_negatives), np.float32)
        log_rate[np.searchsorted(pool, chosen)] = 0
        return pool, log_rate
