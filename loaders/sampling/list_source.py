"""Examples of a ranking: some users, all that each of them chose, and the items it is chosen from."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from loaders.sampling.examples import nodes_by_label
from loaders.sampling.learning_graph import EXAMPLE, EdgeType, LearningGraph
from loaders.sampling.lists import Lists
from loaders.sampling.passes import Passes

SCORES_A_STEP = 1 << 25  # of users times items, which bounds a step's memory at 128 MiB
CHOSEN_A_STEP = 4096  # items that a step's users chose, beside those that none of them did; more are sampled


@dataclass(frozen=True)
class ListExamples:
    """The lists of b users: what they chose among p items.

    ``source``: int64[b], distinct users; ``pool``: int64[p], distinct items, ascending; ``row`` and ``column``: int64[m],
    which user chose which item of the pool, each pair once; ``weight``: float32[m], what each choice counts, None: 1.
    ``log_rate``: float32[p], the log of how many items of the catalogue one of the pool stands for, None where the pool is the
    whole catalogue. Whatever one of the users chose is in the pool for certain and stands for itself alone, up to
    ``CHOSEN_A_STEP`` items; of more, a sample is, the more often chosen the more likely, and the choices that are in it count
    for those that are not. Of the others a uniform sample is.
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
    """Draws owners with all they chose; the same (seed, epoch, step) always gives the same batch.

    ``lists``: who chose which of ``num_targets`` targets, and what each choice counts. A batch holds at most ``batch_size``
    owners, fewer where there are many targets.
    """

    def __init__(self, etype: EdgeType, lists: Lists, num_targets: int, batch_size: int, num_negatives: int) -> None:
        self.etype = etype
        self.num_targets = num_targets
        self.num_negatives = num_negatives
        self._lists = lists
        self._is_weighted = bool((lists.number != 1).any())
        most_chosen = min(CHOSEN_A_STEP, batch_size * -(-self.num_edges // max(1, len(lists))))
        largest_pool = min(num_targets, num_negatives + most_chosen)
        self.batch_size = max(1, min(batch_size, SCORES_A_STEP // max(1, largest_pool)))
        self._passes = Passes(etype, np.arange(len(lists)))
        self._all: ListExamples | None = None

    @classmethod
    def of_edges(
        cls,
        data: LearningGraph,
        etype: EdgeType,
        batch_size: int,
        num_negatives: int,
        edge_ids: NDArray[np.int64] | None = None,
    ) -> ListSource:
        """Draw from the edges of a type. Two of one source and target are one that counts what they count together.

        ``edge_ids``: int64[m], the edges that are choices; None: all.
        """
        graph = data.graph
        source, target = (ends.numpy() for ends in graph.edges(etype=etype, order="eid"))
        weights = graph.edges[etype].data.get(EXAMPLE)
        weight = np.ones(len(source), np.float32) if weights is None else weights.numpy()
        if edge_ids is not None:
            source, target, weight = source[edge_ids], target[edge_ids], weight[edge_ids]
        num_targets = graph.num_nodes(etype[2])
        lists = Lists.gather(source, target, weight, num_targets, "sum")
        return cls(etype, lists, num_targets, batch_size, num_negatives)

    @property
    def num_edges(self) -> int:
        """Pairs of owner and target to learn from."""
        return int(self._lists.members.size)

    @property
    def num_batches(self) -> int:
        """Batches in one pass."""
        return int(-(-len(self._lists) // self.batch_size))

    def draw(self, seed: int, epoch: int, step: int, rng: np.random.Generator) -> ListExamples:
        """Return batch ``step`` of ``epoch``; ``rng`` draws the negatives."""
        if self.num_batches == 1:  # the same lists each time, and the same pool if that is the catalogue
            if self._all is None or self._all.log_rate is not None:
                self._all = self._examples(np.arange(len(self._lists)), rng)
            return self._all
        order = self._passes.order(seed, epoch, step // self.num_batches)
        first = (step % self.num_batches) * self.batch_size
        return self._examples(np.sort(order[first : first + self.batch_size]), rng)

    def _examples(self, lists: NDArray[np.int64], rng: np.random.Generator) -> ListExamples:
        row, rows = self._lists.rows(lists)
        target = self._lists.members[rows]
        weight = self._lists.number[rows] if self._is_weighted else None
        chosen, times = np.unique(target, return_counts=True)
        others, stands_for = self._others(chosen, rng)
        rate = np.ones(len(chosen))
        if len(chosen) > CHOSEN_A_STEP:
            rate = inclusion_rates(times, CHOSEN_A_STEP)
            is_drawn = rng.random(len(chosen)) < rate
            is_kept = is_drawn[np.searchsorted(chosen, target)]
            chosen, rate = chosen[is_drawn], rate[is_drawn]
            number = self._lists.number[rows[is_kept]] * is_kept.mean() / rate[np.searchsorted(chosen, target[is_kept])]
            row, target, weight = row[is_kept], target[is_kept], number.astype(np.float32)
        pool = np.concatenate([chosen, others])
        order = np.argsort(pool)
        pool = pool[order]
        log_rate = np.log(np.concatenate([1 / rate, np.full(len(others), stands_for)]))[order].astype(np.float32)
        return ListExamples(
            etype=self.etype,
            source=self._lists.owners[lists],
            pool=pool,
            row=row,
            column=np.searchsorted(pool, target),
            weight=weight,
            log_rate=None if len(pool) == self.num_targets else log_rate,
        )

    def _others(self, chosen: NDArray[np.int64], rng: np.random.Generator) -> tuple[NDArray[np.int64], float]:
        """Return items that nobody chose, and how many of them each stands for."""
        count = self.num_targets - len(chosen)
        if count <= self.num_negatives:
            return np.setdiff1d(np.arange(self.num_targets), chosen, assume_unique=True), 1.0
        # The k-th item that nobody chose is k, raised by the chosen ones before it.
        drawn = rng.choice(count, self.num_negatives, replace=False)
        return drawn + np.searchsorted(chosen - np.arange(len(chosen)), drawn, "right"), count / self.num_negatives


def inclusion_rates(times: NDArray[np.int64], number: int) -> NDArray[np.float64]:
    """Return how likely each of n things is taken, float64[n], by how often it was chosen: ``number`` of them, on average.

    What would be likelier than certain is certain, and leaves its share to the others. ``number`` is below n.
    """
    ordered = np.sort(times)[::-1]
    left = ordered[::-1].cumsum()[::-1]  # of choices, once so many things are certain
    certain = int(np.argmax((number - np.arange(len(ordered))) * ordered <= left))
    rates: NDArray[np.float64] = np.minimum(1.0, times * ((number - certain) / left[certain]))
    return rates
