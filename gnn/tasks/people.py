"""Rank people for a user: the softmax of all whom a user has a tie with among the users there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import torch
from pydantic import Field
from torch import Tensor
from torch.nn.functional import normalize

from gnn.evaluate import Scorer, evaluate
from gnn.holdout import Holdout
from gnn.tasks.softmax import list_cross_entropy
from gnn.tasks.task import Task, TaskConfig, Vectors
from gnn.ties import ends_in, ends_of, people_holdout
from gnn.vector_scorer import VectorScorer
from graph.schema import EdgeKind, EdgeRole
from graph.social import is_tie
from loaders.sampling.held_out import HeldEdges
from loaders.sampling.learning_graph import EdgeType, LearningGraph
from loaders.sampling.list_source import ListExamples, ListSource

K = 20  # of the figures


class PeopleConfig(TaskConfig):
    """What the people task can be told."""

    metric: Literal["ndcg@20", "recall@20"] = Field(default="ndcg@20", description="what the task is judged by")
    weight: float = Field(default=0.3, gt=0, description="share of this task in the joint loss")
    batch_size: int = Field(default=4096, ge=1, description="users a step, at most, each with all their friends")
    num_negatives: int = Field(
        default=2048, ge=1, description="users a step who are nobody's friend in it; all, if there are fewer"
    )
    temperature: float = Field(default=0.2, gt=0, description="divides the cosine before the softmax")


class People(Task[ListExamples]):
    """Score = cosine of the two users' task vectors: who follows whom tells of both, as friendship does."""

    name = "people"
    config: PeopleConfig

    @classmethod
    def learns_from(cls, kind: EdgeKind) -> bool:
        """Take relationships between users that are ties: no blocking, nothing that was taken back."""
        return kind.role is EdgeRole.SOCIAL and is_tie(kind)

    @classmethod
    def applies(cls, data: LearningGraph) -> bool:
        """Tell whether there are any."""
        return bool(cls._learnt(data))

    @classmethod
    def _learnt(cls, data: LearningGraph) -> list[EdgeType]:
        return [kind.triple for kind in data.schema.edges if cls.learns_from(kind) and data.graph.num_edges(kind.triple)]

    def sources(self, data: LearningGraph) -> Sequence[ListSource]:
        """Users with all whom they have, of each kind of tie and of its reverse."""
        return [
            ListSource.of_edges(data, etype, self.config.batch_size, self.config.num_negatives)
            for kind in self._learnt(data)
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
        """NDCG and recall of ties held out, as :func:`gnn.ties.people_holdout` has them."""
        label = data.schema.user.label
        holdout = people_holdout(ends_in(data), ends_of(held, data.schema), data.schema, data.graph.num_nodes(label))
        if holdout is None:
            return {}
        people = self.unit_vectors(label, vectors, data).numpy()
        return people_metrics(VectorScorer(people, people), holdout)


def people_metrics(scorer: Scorer, holdout: Holdout) -> dict[str, float]:
    """Return the task's figures of any ranking of people, by name."""
    found = evaluate(scorer, holdout, ks=(K,)).metrics
    return {f"people/{name}@{K}": found[f"{name}@{K}"] for name in ("ndcg", "recall")}
