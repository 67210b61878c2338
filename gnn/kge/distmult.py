"""DistMult: a relation weighs dimensions."""

from __future__ import annotations

from torch import Tensor, nn

from gnn.kge.model import ProductModel


class DistMult(ProductModel):
    """Score = Σ h · r · t, the same for a fact and its inverse.

    Source: Yang et al. 2015, Embedding Entities and Relations for Learning and Inference in Knowledge Bases
    (arXiv:1412.6575), eq. 2 with a diagonal matrix.
    """

    name = "distmult"
    learning_rate = 0.1

    def reset(self) -> None:
        """Draw small normal numbers for entities; relations begin near one, where all dimensions count."""
        nn.init.normal_(self.entity, std=self.entity.shape[1] ** -0.5)
        nn.init.normal_(self.relation, mean=1.0, std=0.1)

    def move_head(self, head: Tensor, relation: Tensor) -> Tensor:
        """Return h · r."""
        return head * relation

    def move_tail(self, tail: Tensor, relation: Tensor) -> Tensor:
        """Return t · r."""
        return tail * relation
