"""Rank people for a user: the softmax of all friends among the users there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
import torch
from pydantic import Field
from torch import Tensor
from torch.nn.functional import normalize

from gnn.evaluate import evaluate
from gnn.holdout import Holdout
from gnn.interactions import Interactions
from gnn.tasks.softmax import list_cross_entropy
from gnn.tasks.task import Task, TaskConfig, Vectors
from gnn.vector_scorer import VectorScorer
from graph.schema import EdgeKind, EdgeRole
from loaders.sampling.held_out import HeldEdges
from loaders.sampling.learning_graph import EdgeType, LearningGraph
from loaders.sampling.list_source import ListExamples, ListSource

_K = 20


class PeopleConfig(TaskConfig):
    """What the people task can be told."""

    metric: Literal["ndcg@20", "recall@20"] = Field(default="ndcg@20", description="what the task is judged by")
    weight: float = Field(default=0.1, gt=0, description="share of this task in the joint loss")
    batch_size: int = Field(default=4096, ge=1, description="users a step, at most, each with all their friends")
    num_negatives: int = Field(
        default=2048, ge=1, description="users a step who are nobody's friend in it; all, if there are fewer"
    )
    temperature: float = Field(default=0.2, gt=0, description="divides the cosine before the softmax")


class People(Task[ListExamples]):
    """Score = cosine of the two users' task vectors: friendship goes both ways, whoever declared it."""

    name = "people"
    config: PeopleConfig

    @classmethod
    def learns_from(cls, kind: EdgeKind) -> bool:
        """Take relationships between users."""
        return kind.role is EdgeRole.SOCIAL

    @classmethod
    def applies(cls, data: LearningGraph) -> bool:
        """Tell whether there are any."""
        return any(data.graph.num_edges(etype) for etype in data.social)

    def sources(self, data: LearningGraph) -> Sequence[ListSource]:
        """Users with all their friends, of each kind of friendship and of its reverse."""
        return [
            ListSource.of_edges(data, etype, self.config.batch_size, self.config.num_negatives)
            for kind in data.social
            if data.graph.num_edges(kind)
            for etype in (kind, data.reverse[kind])
        ]

    def embed(self, vectors: Tensor) -> Tensor:
        """Return the vectors whose products are the scores, float32[n, d] of unit length."""
        return normalize(self.tower(vectors), dim=1)

    def loss(self, vectors: Vectors, examples: ListExamples) -> Tensor:
        """Softmax cross-entropy of all friends."""
        users = vectors[examples.etype[0]]
        friends_of = self.embed(users[torch.from_numpy(examples.source)])
        people = self.embed(users[torch.from_numpy(examples.pool)])
        return list_cross_entropy(friends_of / self.config.temperature, people, examples)

    def figures(self, vectors: Vectors, held: Mapping[EdgeType, HeldEdges], data: LearningGraph) -> dict[str, float]:
        """NDCG and recall of friends held out, among all users but oneself and known friends."""
        wanted = [held[etype] for etype in data.social if etype in held]
        if not wanted:
            return {}
        number = data.graph.num_nodes(data.schema.user.label)
        known = [tuple(end.numpy() for end in data.graph.edges(etype=etype)) for etype in data.social]
        oneself = np.arange(number)
        one = np.concatenate([oneself, *(source for source, _ in known), *(target for _, target in known)])
        other = np.concatenate([oneself, *(target for _, target in known), *(source for source, _ in known)])
        source = np.concatenate([edges.source for edges in wanted] + [edges.target for edges in wanted])
        target = np.concatenate([edges.target for edges in wanted] + [edges.source for edges in wanted])
        people = self.embed(vectors[data.schema.user.label]).numpy()
        holdout = Holdout(Interactions(one, other, number, number), Interactions(source, target, number, number))
        found = evaluate(VectorScorer(people, people), holdout, ks=(_K,)).metrics
        return {f"people/{name}@{_K}": found[f"{name}@{_K}"] for name in ("ndcg", "recall")}
