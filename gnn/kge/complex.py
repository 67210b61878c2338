"""ComplEx: DistMult over complex numbers, which tells a fact from its inverse."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from gnn.kge.model import ProductModel


class ComplEx(ProductModel):
    """Score = Re Σ h · r · conj(t), over d / 2 complex numbers stored as d real ones, the real parts first.

    Source: Trouillon et al. 2016, Complex Embeddings for Simple Link Prediction (arXiv:1606.06357), eq. 9 to 11.
    """

    name = "complex"
    learning_rate = 0.05

    def reset(self) -> None:
        """Draw small normal numbers for entities; relations begin near the real one."""
        nn.init.normal_(self.entity, std=self.entity.shape[1] ** -0.5)
        nn.init.normal_(self.relation, std=0.1)
        with torch.no_grad():
            self.relation[:, : self.relation.shape[1] // 2] += 1

    def move_head(self, head: Tensor, relation: Tensor) -> Tensor:
        """Return h · r, whose real product with t is the score."""
        return multiply(head, relation)

    def move_tail(self, tail: Tensor, relation: Tensor) -> Tensor:
        """Return t · conj(r), whose real product with h is the score."""
        real, imaginary = relation.chunk(2, dim=1)
        return multiply(tail, torch.cat([real, -imaginary], dim=1))


def multiply(one: Tensor, other: Tensor) -> Tensor:
    """Return the products of complex numbers, float32[b, d], the real parts first."""
    (a, b), (c, d) = one.chunk(2, dim=1), other.chunk(2, dim=1)
    return torch.cat([a * c - b * d, a * d + b * c], dim=1)
