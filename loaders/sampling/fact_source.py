"""Examples of facts: seeded batches of edges of one type with, of each relation, how usual its tails are."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from loaders.sampling.edge_source import EdgeExamples, EdgeSource
from loaders.sampling.learning_graph import RELATION, EdgeType, LearningGraph


class UsualTails:
    """How many facts of each relation have each tail, of one edge type."""

    def __init__(self, data: LearningGraph, etype: EdgeType) -> None:
        _, tail = data.graph.edges(etype=etype, order="eid")
        relation = data.graph.edges[etype].data[RELATION]
        shape = (data.num_relations, data.graph.num_nodes(etype[2]))
        ones = np.ones(len(tail), np.float32)
        self._count = sparse.csr_array((ones, (relation.numpy(), tail.numpy())), shape=shape)

    def of_all(self, relation: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return log(1 + facts) of all tails, float32[b, num_targets], for relations int64[b]."""
        found: NDArray[np.float32] = np.log1p(self._count[relation].toarray())
        return found

    def of_pool(self, relation: NDArray[np.int64], pool: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the same of the tails int64[p] alone, float32[b, p]."""
        distinct, place = np.unique(relation, return_inverse=True)
        found: NDArray[np.float32] = np.log1p(self._count[distinct][:, pool].toarray())[place]
        return found

    def of_others(self, relation: NDArray[np.int64], tail: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return log(1 + facts but the one asked for) of each relation and tail, int64[b], int64[b], as float32[b]."""
        count = np.asarray(self._count[relation, tail]).ravel()
        found: NDArray[np.float32] = np.log1p(np.maximum(count - 1, 0)).astype(np.float32)
        return found


@dataclass(frozen=True)
class FactExamples(EdgeExamples):
    """Facts of one edge type, a pool of tails, and how usual each tail is for the relation.

    ``head_node``, ``tail_node``: int64[b] and ``pool_node``: int64[p], dense indices, which :meth:`relabel` leaves as they are.
    ``usual``: float32[b], of the true tail, without the fact itself; ``pool_usual``: float32[b, p]. ``seed``: what is
    drawn at random while the step is learnt is drawn by it.
    """

    head_node: NDArray[np.int64]
    tail_node: NDArray[np.int64]
    pool_node: NDArray[np.int64]
    usual: NDArray[np.float32]
    pool_usual: NDArray[np.float32]
    seed: int


class FactSource(EdgeSource):
    """Draws batches of facts, hidden from the step that learns them."""

    def __init__(self, data: LearningGraph, etype: EdgeType, batch_size: int, num_negatives: int, usual: UsualTails) -> None:
        super().__init__(data, etype, batch_size, num_negatives, is_hidden=True)
        self._usual = usual

    def draw(self, seed: int, epoch: int, step: int, rng: np.random.Generator) -> FactExamples:
        """Return batch ``step`` of ``epoch``; ``rng`` draws the negatives."""
        drawn = super().draw(seed, epoch, step, rng)
        relation = drawn.relation
        assert relation is not None  # noqa: S101 - knowledge edges carry their relation
        return FactExamples(
            **{one.name: getattr(drawn, one.name) for one in fields(drawn)},
            head_node=drawn.source,
            tail_node=drawn.target,
            pool_node=drawn.pool,
            usual=self._usual.of_others(relation, drawn.target),
            pool_usual=self._usual.of_pool(relation, drawn.pool),
            seed=int(rng.integers(2**31)),
        )
