"""RotatE: a relation is a rotation from head to tail in the complex plane."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from gnn.kge.complex import multiply
from gnn.kge.model import DistanceModel


class RotatE(DistanceModel):
    """Score = −‖h ∘ r − t‖₂ with |r_i| = 1, over d / 2 complex numbers stored as d real ones, the real parts first.

    A relation is d / 2 angles in radians, so its numbers stay of length one by themselves; the opposite angles are the inverse.

    Source: Sun et al. 2019, RotatE: Knowledge Graph Embedding by Relational Rotation in Complex Space (arXiv:1902.10197),
    eq. 1 and 2.
    """

    name = "rotate"
    learning_rate = 0.1

    @staticmethod
    def relation_size(size: int) -> int:
        """Return the number of angles."""
        return size // 2

    def reset(self) -> None:
        """Draw entities uniformly from ±6 / √d, as for TransE, and angles from the whole circle."""
        bound = 6 / self.entity.shape[1] ** 0.5
        nn.init.uniform_(self.entity, -bound, bound)
        nn.init.uniform_(self.relation, -math.pi, math.pi)

    def move_head(self, head: Tensor, relation: Tensor) -> Tensor:
        """Return h turned by the relation's angles."""
        return multiply(head, torch.cat([relation.cos(), relation.sin()], dim=1))

    def move_tail(self, tail: Tensor, relation: Tensor) -> Tensor:
        """Return t turned back."""
        return self.move_head(tail, -relation)
