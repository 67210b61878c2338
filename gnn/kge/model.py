"""What an embedding of a knowledge graph is: vectors of entities, and how a relation moves one end of a fact to the other.

Every model here scores a fact by moving one end and comparing it with the other, so that one end against all entities is one
matrix product.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

import torch
from torch import Tensor, nn


class KnowledgeModel(nn.Module, ABC):
    """Vectors of n entities and m relations. A new model is a new file with a subclass.

    ``entity``: float32[n, d]. Indices are int64[b]; vectors of heads, tails and queries float32[b, d]. Higher is likelier.
    """

    name: str
    learning_rate: float
    """The step size that serves this model well."""

    def __init__(self, num_entities: int, num_relations: int, size: int) -> None:
        super().__init__()
        self.entity = nn.Parameter(torch.empty(num_entities, size))
        self.relation = nn.Parameter(torch.empty(num_relations, self.relation_size(size)))
        self.reset()

    @staticmethod
    def relation_size(size: int) -> int:
        """Return how many numbers a relation has in a model of ``size`` numbers an entity."""
        return size

    @abstractmethod
    def reset(self) -> None:
        """Set the parameters to random ones, to begin with."""

    @abstractmethod
    def move_head(self, head: Tensor, relation: Tensor) -> Tensor:
        """Return the query that a fact's tail should be like; ``relation``: rows of :attr:`relation`, a row a head."""

    @abstractmethod
    def move_tail(self, tail: Tensor, relation: Tensor) -> Tensor:
        """Return the query that a fact's head should be like."""

    @staticmethod
    @abstractmethod
    def compare(query: Tensor, entities: Tensor) -> Tensor:
        """Score every query against every entity: float32[b, d], float32[k, d] → float32[b, k]."""

    @staticmethod
    @abstractmethod
    def compare_rows(query: Tensor, entities: Tensor) -> Tensor:
        """Score each query against the entity of its row: float32[b, d], float32[b, d] → float32[b]."""

    def score(self, head: Tensor, relation: Tensor, tail: Tensor) -> Tensor:
        """Return the scores of facts, float32[b]."""
        return self.compare_rows(self.move_head(self.entity[head], self.relation[relation]), self.entity[tail])

    def score_tails(self, head: Tensor, relation: Tensor) -> Tensor:
        """Return the scores of every entity as the tail, float32[b, n]."""
        return self.compare(self.move_head(self.entity[head], self.relation[relation]), self.entity)

    def score_heads(self, relation: Tensor, tail: Tensor) -> Tensor:
        """Return the scores of every entity as the head, float32[b, n]."""
        return self.compare(self.move_tail(self.entity[tail], self.relation[relation]), self.entity)


class ProductModel(KnowledgeModel):
    """A model whose score is a dot product."""

    @staticmethod
    def compare(query: Tensor, entities: Tensor) -> Tensor:
        """Return dot products."""
        return query @ entities.T

    @staticmethod
    def compare_rows(query: Tensor, entities: Tensor) -> Tensor:
        """Return dot products, row by row."""
        return (query * entities).sum(dim=1)


class DistanceModel(KnowledgeModel):
    """A model whose score is a Euclidean distance, negated: ``|q - e|² = |q|² + |e|² - 2 q·e`` is a matrix product too."""

    @staticmethod
    def compare(query: Tensor, entities: Tensor) -> Tensor:
        """Return negated distances."""
        squared = torch.addmm(entities.square().sum(dim=1), query, entities.T, alpha=-2)
        return -(squared + query.square().sum(dim=1, keepdim=True)).clamp(min=_NEAR).sqrt()

    @staticmethod
    def compare_rows(query: Tensor, entities: Tensor) -> Tensor:
        """Return negated distances, row by row."""
        return -(query - entities).square().sum(dim=1).clamp(min=_NEAR).sqrt()


_NEAR = 1e-6  # squared: the root has no slope at 0
