"""Examples of one edge type: seeded batches of its edges, and negatives drawn from a shared pool."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from loaders.sampling.examples import nodes_by_label
from loaders.sampling.learning_graph import RELATION, EdgeType, LearningGraph
from loaders.sampling.passes import Passes


@dataclass(frozen=True)
class EdgeExamples:
    """b positive edges of one edge type and a pool of p targets that serve as negatives for all of them.

    ``source``, ``target``: int64[b]; ``pool``: int64[p], ascending, distinct, uniform over the ``pool_of`` nodes of the target
    label (all of them when ``pool_of == p``). ``relation``: int64[b], where the edge type has them. ``is_hidden``:
    the edges are not to be seen in the step.
    """

    etype: EdgeType
    edge_ids: NDArray[np.int64]
    source: NDArray[np.int64]
    target: NDArray[np.int64]
    pool: NDArray[np.int64]
    pool_of: int
    relation: NDArray[np.int64] | None
    is_hidden: bool

    def nodes(self) -> dict[str, NDArray[np.int64]]:
        """Return the nodes whose vectors are needed, by label (with repeats)."""
        return nodes_by_label(self.etype, self.source, np.concatenate([self.target, self.pool]))

    def hidden_pairs(self) -> tuple[EdgeType, NDArray[np.int64], NDArray[np.int64]] | None:
        """Return the ends of the edges, if they are to be hidden."""
        return (self.etype, self.source, self.target) if self.is_hidden else None

    def __len__(self) -> int:
        return len(self.edge_ids)

    def drawn_targets(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return where the pool holds an example's own target: the examples' numbers, and its places in the pool."""
        place = np.minimum(np.searchsorted(self.pool, self.target), len(self.pool) - 1)
        rows = np.flatnonzero(self.pool[place] == self.target)
        return rows, place[rows]

    def relabel(self, seeds: dict[str, NDArray[np.int64]]) -> Self:
        """Replace dense indices by positions in ``seeds`` (sorted, distinct)."""
        source_label, _, target_label = self.etype
        return replace(
            self,
            source=np.searchsorted(seeds[source_label], self.source),
            target=np.searchsorted(seeds[target_label], self.target),
            pool=np.searchsorted(seeds[target_label], self.pool),
        )


class EdgeSource:
    """Draws batches of one edge type; the same (seed, epoch, step) always gives the same batch.

    ``edge_ids``: int64[m], the edges to draw; None: all. ``is_hidden``: those drawn are not to be seen in the step. An epoch
    is one pass in an order of its own; a source shorter than the epoch starts a new pass.
    """

    def __init__(
        self,
        data: LearningGraph,
        etype: EdgeType,
        batch_size: int,
        num_negatives: int,
        edge_ids: NDArray[np.int64] | None = None,
        *,
        is_hidden: bool = False,
    ) -> None:
        graph = data.graph
        source, target = graph.edges(etype=etype, order="eid")
        self.etype = etype
        self.batch_size = batch_size
        self.source = source.numpy()
        self.target = target.numpy()
        edge_data = graph.edges[etype].data
        self.relation = edge_data[RELATION].numpy() if RELATION in edge_data else None
        self.num_targets = graph.num_nodes(etype[2])
        self.num_negatives = min(num_negatives, self.num_targets)
        self.is_hidden = is_hidden
        self._edge_ids = np.arange(len(self.source)) if edge_ids is None else edge_ids
        self._passes = Passes(etype, self._edge_ids)

    @property
    def num_edges(self) -> int:
        """Edges to learn from."""
        return len(self._edge_ids)

    @property
    def num_batches(self) -> int:
        """Batches in one pass."""
        return -(-self.num_edges // self.batch_size)

    def draw(self, seed: int, epoch: int, step: int, rng: np.random.Generator) -> EdgeExamples:
        """Return batch ``step`` of ``epoch``; ``rng`` draws the negatives."""
        order = self._passes.order(seed, epoch, step // self.num_batches)
        first = (step % self.num_batches) * self.batch_size
        edge_ids = order[first : first + self.batch_size]
        if self.num_negatives == self.num_targets:
            pool = np.arange(self.num_targets)
        else:
            pool = np.sort(rng.choice(self.num_targets, self.num_negatives, replace=False))
        return EdgeExamples(
            etype=self.etype,
            edge_ids=edge_ids,
            source=self.source[edge_ids],
            target=self.target[edge_ids],
            pool=pool,
            pool_of=self.num_targets,
            relation=None if self.relation is None else self.relation[edge_ids],
            is_hidden=self.is_hidden,
        )
