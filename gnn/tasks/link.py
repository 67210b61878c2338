"""Predict the facts of the knowledge graph.

In brief, of a head h, a relation r and a tail t, with v the vectors that the task sees::

    s(h, r, t) = Σ v(h) · r · v(t) / τ + b_r log(1 + facts of r with t)
    v(n)       = unit of (tower(z(n)) / |tower(z(n))| · 0.3 + own(n))

What is usual for a relation tells more of most facts than any vector does: a film's language, or its country. A fact counts
among the usual ones only for others, as it is unknown when it is asked for. ``own`` is the task's: what facts tell of a node is
not pressed into the vectors that are served, and the other tasks do not wash it out. Vectors of one length are learnt in a few
dozen steps, where free ones grow from noise. A share of what a head and its relation look for is dropped each time, else most
facts are soon known by heart.

Source: Yang et al. 2015, DistMult (arXiv:1412.6575); the dropout: Dettmers et al. 2018, ConvE (AAAI), section 4.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Literal

import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn.functional import normalize

from gnn.experts import Tower
from gnn.known_facts import KnownFacts, filtered_ranks
from gnn.once_per_graph import OncePerGraph
from gnn.tasks.softmax import pool_cross_entropy
from gnn.tasks.task import Task, TaskConfig, Vectors
from graph.schema import EdgeKind, EdgeRole
from loaders.sampling.fact_source import FactExamples, FactSource, UsualTails
from loaders.sampling.held_out import HeldEdges
from loaders.sampling.learning_graph import RELATION, EdgeType, LearningGraph

_FACTS_A_TIME = 256  # bounds the scores held at once: 256 rows of all tails
_AT_ONCE = 0.1  # of many facts, at most: those of a step are hidden from it, and it should see much the graph that is served
_FEW = 2048  # are learnt at once: a step of fewer tells little
_SHARED = 0.3  # length of what the shared vectors add to the task's own, which begin as long


class LinkConfig(TaskConfig):
    """What the link prediction task can be told."""

    metric: Literal["mrr", "hits@10"] = Field(default="mrr", description="what the task is judged by")
    weight: float = Field(default=0.02, gt=0, description="share of this task in the joint loss")
    batch_size: int = Field(default=8192, ge=1, description="facts a step, at most; no more than a tenth of all or 2048")
    num_negatives: int = Field(default=512, ge=1, description="tails a step that serve as negatives for all facts")
    temperature: float = Field(default=0.25, gt=0, description="divides the product of unit vectors before the softmax")
    dropout: float = Field(
        default=0.5, ge=0, lt=1, description="share of what a head looks for that each fact is learnt without"
    )


class Link(Task[FactExamples]):
    """The true tail by a softmax over tails; see the module for the score."""

    name = "link"
    config: LinkConfig

    def __init__(self, config: LinkConfig, size: int, data: LearningGraph, tower: Tower | None = None) -> None:
        super().__init__(config, size, data, tower)
        self.relation = nn.Parameter(torch.ones(data.num_relations, size))
        self.trust = nn.Parameter(torch.ones(data.num_relations))
        labels = sorted({label for source, _, target in data.knowledge for label in (source, target)})
        std = _SHARED / math.sqrt(size)
        self.own = nn.ParameterDict({label: torch.randn(data.graph.num_nodes(label), size) * std for label in labels})
        self._usual = OncePerGraph(_usual_tails)

    @classmethod
    def learns_from(cls, kind: EdgeKind) -> bool:
        """Take facts of the knowledge graph."""
        return kind.role is EdgeRole.KNOWLEDGE

    @classmethod
    def applies(cls, data: LearningGraph) -> bool:
        """There is a knowledge graph."""
        return any(data.graph.num_edges(etype) for etype in data.knowledge)

    def sources(self, data: LearningGraph) -> Sequence[FactSource]:
        """Facts of every pair of labels, each pair sharing the batch by its number of facts."""
        usual = {etype: of for etype, of in self._usual(data).items() if data.graph.num_edges(etype)}
        total = sum(data.graph.num_edges(etype) for etype in usual)
        batch_size = min(self.config.batch_size, max(_FEW, _AT_ONCE * total))
        return [
            FactSource(
                data,
                etype,
                max(1, round(batch_size * data.graph.num_edges(etype) / total)),
                self.config.num_negatives,
                of_etype,
            )
            for etype, of_etype in usual.items()
        ]

    def see(self, label: str, shared: Tensor, nodes: Tensor) -> Tensor:
        """Return unit vectors of nodes int64[n] of a label, float32[n, d]; ``shared``: their shared ones, float32[n, d]."""
        return normalize(_SHARED * normalize(self.tower(shared), dim=1) + self.own[label][nodes], dim=1)

    def loss(self, vectors: Vectors, examples: FactExamples) -> Tensor:
        """Softmax cross-entropy of the true tail."""
        assert examples.relation is not None  # noqa: S101 - knowledge edges carry their relation
        relation = torch.from_numpy(examples.relation)
        heads, true, pool = (
            self.see(label, vectors[label][torch.from_numpy(place)], torch.from_numpy(nodes))
            for label, place, nodes in (
                (examples.etype[0], examples.source, examples.head_node),
                (examples.etype[2], examples.target, examples.tail_node),
                (examples.etype[2], examples.pool, examples.pool_node),
            )
        )
        wanted = self._dropped(heads * self.relation[relation], examples.seed) / self.config.temperature
        trust = self.trust[relation]
        positive = (wanted * true).sum(dim=1) + trust * torch.from_numpy(examples.usual)
        others = wanted @ pool.T + trust.unsqueeze(1) * torch.from_numpy(examples.pool_usual)
        return pool_cross_entropy(positive, others, examples)

    def _dropped(self, wanted: Tensor, seed: int) -> Tensor:
        """Return ``wanted`` with a share of its numbers at zero, the others larger by as much, the same ones for a seed."""
        kept = torch.rand(wanted.shape, generator=torch.Generator().manual_seed(seed)) >= self.config.dropout
        return wanted * kept / (1 - self.config.dropout)

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
        every = vectors[etype[2]]
        tails = self.see(etype[2], every, torch.arange(len(every)))
        usual = self._usual(data)[etype]
        ranks = []
        for first in range(0, len(held.source), _FACTS_A_TIME):
            part = slice(first, first + _FACTS_A_TIME)
            heads, relation = torch.from_numpy(held.source[part]), torch.from_numpy(held.relation[part])
            true = torch.from_numpy(held.target[part])
            wanted = self.see(etype[0], vectors[etype[0]][heads], heads) * self.relation[relation]
            scores = wanted @ tails.T / self.config.temperature
            scores += self.trust[relation].unsqueeze(1) * torch.from_numpy(usual.of_all(held.relation[part]))
            ranks.append(filtered_ranks(scores, true, known, heads, relation))
        return torch.cat(ranks)


def _usual_tails(data: LearningGraph) -> dict[EdgeType, UsualTails]:
    return {etype: UsualTails(data, etype) for etype in data.knowledge}
