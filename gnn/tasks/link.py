"""Predict the facts of the knowledge graph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import torch
from pydantic import Field
from torch import Tensor, nn

from gnn.experts import Tower
from gnn.known_facts import KnownFacts, filtered_ranks
from gnn.tasks.softmax import pool_cross_entropy
from gnn.tasks.task import Task, TaskConfig, Vectors
from graph.schema import EdgeKind, EdgeRole
from loaders.sampling.edge_source import EdgeExamples, EdgeSource
from loaders.sampling.held_out import HeldEdges
from loaders.sampling.learning_graph import RELATION, EdgeType, LearningGraph

_FACTS_A_TIME = 256  # bounds the scores held at once: 256 rows of all tails


class LinkConfig(TaskConfig):
    """What the link prediction task can be told."""

    metric: Literal["mrr", "hits@10"] = Field(default="mrr", description="what the task is judged by")
    weight: float = Field(default=0.02, gt=0, description="share of this task in the joint loss")
    num_negatives: int = Field(default=512, ge=1, description="tails a step that serve as negatives for all facts")


class Link(Task[EdgeExamples]):
    """Score of (head, relation, tail) = Σ head · relation · tail, by a softmax over tails.

    Source: Yang et al. 2015, DistMult (arXiv:1412.6575).
    """

    name = "link"
    config: LinkConfig

    def __init__(self, config: LinkConfig, size: int, data: LearningGraph, tower: Tower | None = None) -> None:
        super().__init__(config, size, data, tower)
        self.relation = nn.Parameter(torch.full((data.num_relations, size), 1.0))

    @classmethod
    def learns_from(cls, kind: EdgeKind) -> bool:
        """Take facts of the knowledge graph."""
        return kind.role is EdgeRole.KNOWLEDGE

    @classmethod
    def applies(cls, data: LearningGraph) -> bool:
        """There is a knowledge graph."""
        return any(data.graph.num_edges(etype) for etype in data.knowledge)

    def sources(self, data: LearningGraph) -> Sequence[EdgeSource]:
        """Facts of every pair of labels, each pair sharing the batch by its number of facts."""
        etypes = [etype for etype in data.knowledge if data.graph.num_edges(etype)]
        total = sum(data.graph.num_edges(etype) for etype in etypes)
        return [
            EdgeSource(
                data,
                etype,
                max(1, round(self.config.batch_size * data.graph.num_edges(etype) / total)),
                self.config.num_negatives,
                is_hidden=True,
            )
            for etype in etypes
        ]

    def view(self, heads: Tensor, relation: Tensor) -> Tensor:
        """Return float32[b, d], whose product with a tail's tower vector is the score; shared vectors float32[b, d] in."""
        view: Tensor = self.tower(heads) * self.relation[relation]
        return view

    def loss(self, vectors: Vectors, examples: EdgeExamples) -> Tensor:
        """Softmax cross-entropy of the true tail."""
        assert examples.relation is not None  # noqa: S101 - knowledge edges carry their relation
        source_label, _, target_label = examples.etype
        heads = vectors[source_label][torch.from_numpy(examples.source)]
        tails = vectors[target_label]
        head_view = self.view(heads, torch.from_numpy(examples.relation))
        positive = (head_view * self.tower(tails[torch.from_numpy(examples.target)])).sum(dim=1)
        pool = self.tower(tails[torch.from_numpy(examples.pool)])
        return pool_cross_entropy(positive, head_view @ pool.T, examples)

    def figures(self, vectors: Vectors, held: Mapping[EdgeType, HeldEdges], data: LearningGraph) -> dict[str, float]:
        """Mean reciprocal rank of the true tail among all nodes of its label, known facts filtered, and Hits@10.

        A tie counts half: the rank is the mean of the best and the worst possible.
        """
        ranks = [self._ranks(vectors, etype, held[etype], data) for etype in data.knowledge if etype in held]
        if not ranks:
            return {}
        rank = torch.cat(ranks)
        return {"link/mrr": float((1 / rank).mean()), "link/hits@10": float((rank <= 10).float().mean())}

    def _ranks(self, vectors: Vectors, etype: EdgeType, held: HeldEdges, data: LearningGraph) -> Tensor:
        assert held.relation is not None  # noqa: S101
        source, target = data.graph.edges(etype=etype, order="eid")
        known = KnownFacts(
            torch.cat([source, torch.from_numpy(held.source)]),
            torch.cat([data.graph.edges[etype].data[RELATION], torch.from_numpy(held.relation)]),
            torch.cat([target, torch.from_numpy(held.target)]),
            data.num_relations,
        )
        tails = self.tower(vectors[etype[2]])
        ranks = []
        for first in range(0, len(held.source), _FACTS_A_TIME):
            part = slice(first, first + _FACTS_A_TIME)
            heads, relation = torch.from_numpy(held.source[part]), torch.from_numpy(held.relation[part])
            true = torch.from_numpy(held.target[part])
            scores = self.view(vectors[etype[0]][heads], relation) @ tails.T
            ranks.append(filtered_ranks(scores, true, known, heads, relation))
        return torch.cat(ranks)
