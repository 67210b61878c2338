"""Rank items for a user: the softmax of the true item against a pool of others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from pydantic import Field
from torch import Tensor
from torch.nn.functional import normalize

from gnn.tasks.softmax import pool_cross_entropy
from gnn.tasks.task import Task, TaskConfig, Vectors
from graph.schema import EdgeKind, EdgeRole
from loaders.sampling.edge_source import EdgeExamples, EdgeSource
from loaders.sampling.held_out import HeldEdges
from loaders.sampling.learning_graph import EdgeType, LearningGraph


class RankingConfig(TaskConfig):
    """What the ranking task can be told."""

    num_negatives: int = Field(default=4096, ge=1, description="items a step that serve as negatives; all, if there are fewer")
    temperature: float = Field(default=0.2, gt=0, description="divides the cosine before the softmax")


class Ranking(Task):
    """Score = cosine of the user's and the item's task vectors, learnt by a softmax over the items of the item's domain."""

    name = "ranking"
    config: RankingConfig

    def __init__(self, config: RankingConfig, size: int, data: LearningGraph) -> None:
        super().__init__(config, size)

    @classmethod
    def learns_from(cls, kind: EdgeKind) -> bool:
        """Take every interaction: what somebody chose should rank first."""
        return kind.role is EdgeRole.INTERACTION

    @classmethod
    def applies(cls, data: LearningGraph) -> bool:
        """Every graph that Hopline takes has interactions."""
        return bool(data.interactions)

    def sources(self, data: LearningGraph) -> Sequence[EdgeSource]:
        """All interaction kinds, each with negatives among the items of its domain."""
        return [
            EdgeSource(data, etype, self.config.batch_size, self.config.num_negatives)
            for etype in data.interactions
            if data.graph.num_edges(etype)
        ]

    def embed(self, vectors: Tensor) -> Tensor:
        """Return the vectors to serve, float32[n, d] of unit length: their dot product is the score."""
        return normalize(self.tower(vectors), dim=1)

    def loss(self, vectors: Vectors, examples: EdgeExamples) -> Tensor:
        """Softmax cross-entropy of the item that was chosen."""
        users = self.embed(vectors[examples.etype[0]][torch.from_numpy(examples.source)])
        users = users / self.config.temperature
        items = vectors[examples.etype[2]]
        positive = (users * self.embed(items[torch.from_numpy(examples.target)])).sum(dim=1)
        pool = self.embed(items[torch.from_numpy(examples.pool)])
        return pool_cross_entropy(positive, users @ pool.T, examples)

    def figures(self, vectors: Vectors, held: Mapping[EdgeType, HeldEdges], data: LearningGraph) -> dict[str, float]:
        """None here: rankings are measured by :mod:`gnn.evaluate` over whole catalogues, seen items masked."""
        return {}
