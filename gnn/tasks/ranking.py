"""Rank items for a user: the softmax of all that the user chose among the items there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from pydantic import Field
from torch import Tensor
from torch.nn.functional import normalize

from gnn.experts import Tower
from gnn.tasks.softmax import list_cross_entropy
from gnn.tasks.task import Task, TaskConfig, Vectors
from graph.schema import EdgeKind, EdgeRole
from loaders.sampling.held_out import HeldEdges
from loaders.sampling.learning_graph import EdgeType, LearningGraph
from loaders.sampling.list_source import ListExamples, ListSource


class RankingConfig(TaskConfig):
    """What the ranking task can be told."""

    metric: str = Field(
        default="ndcg@20",
        description="what rankings are judged by, those of peers and of fused vectors too: ndcg, recall, …, and a cut-off",
    )
    batch_size: int = Field(default=8192, ge=1, description="users a step, at most, each with all they chose")
    num_negatives: int = Field(
        default=4096, ge=1, description="items a step that nobody in it chose; all, if there are fewer in the catalogue"
    )
    temperature: float = Field(default=0.25, gt=0, description="divides the cosine before the softmax")


class Ranking(Task[ListExamples]):
    """Score = cosine of the user's and the item's task vectors, learnt by a softmax over the items of the item's domain."""

    name = "ranking"
    config: RankingConfig

    def __init__(self, config: RankingConfig, size: int, data: LearningGraph, tower: Tower | None = None) -> None:
        super().__init__(config, size, data)
        # What is served is the shared representation itself: its tower stays zero, and is what the other tasks' are tied to.
        self.tower.weight.requires_grad_(False)

    @classmethod
    def learns_from(cls, kind: EdgeKind) -> bool:
        """Take every interaction that tells of liking: what somebody chose should rank first."""
        return kind.role is EdgeRole.INTERACTION

    @classmethod
    def applies(cls, data: LearningGraph) -> bool:
        """Tell whether somebody liked something."""
        return any(data.liked(etype).any() for etype in data.interactions)

    def sources(self, data: LearningGraph) -> Sequence[ListSource]:
        """Draw what was liked, of every kind of interaction, each with negatives among the items of its domain."""
        liked = {etype: np.flatnonzero(data.liked(etype)) for etype in data.interactions}
        return [
            ListSource.of_edges(data, etype, self.config.batch_size, self.config.num_negatives, edge_ids)
            for etype, edge_ids in liked.items()
            if len(edge_ids)
        ]

    def embed(self, vectors: Tensor) -> Tensor:
        """Return the vectors to serve, float32[n, d] of unit length: their dot product is the score."""
        return normalize(vectors, dim=1)

    def loss(self, vectors: Vectors, examples: ListExamples) -> Tensor:
        """Softmax cross-entropy of all that the users chose, each choice by what it counts."""
        users = self.embed(vectors[examples.etype[0]][torch.from_numpy(examples.source)])
        items = self.embed(vectors[examples.etype[2]][torch.from_numpy(examples.pool)])
        return list_cross_entropy(users / self.config.temperature, items, examples)

    def figures(self, vectors: Vectors, held: Mapping[EdgeType, HeldEdges], data: LearningGraph) -> dict[str, float]:
        """None here: rankings are measured by :mod:`gnn.evaluate` over whole catalogues, seen items masked."""
        return {}
