"""TransE: a relation is a step from head to tail."""

from __future__ import annotations

from torch import Tensor, nn

from gnn.kge.model import DistanceModel


class TransE(DistanceModel):
    """Score = −‖h + r − t‖₂.

    Source: Bordes et al. 2013, Translating Embeddings for Modeling Multi-relational Data (NeurIPS), eq. 1, with the Euclidean
    distance and without holding entities to length one.
    """

    name = "transe"
    learning_rate = 0.1

    def reset(self) -> None:
        """Draw uniformly from ±6 / √d, as the paper does."""
        bound = 6 / self.entity.shape[1] ** 0.5
        nn.init.uniform_(self.entity, -bound, bound)
        nn.init.uniform_(self.relation, -bound, bound)

    def move_head(self, head: Tensor, relation: Tensor) -> Tensor:
        """Return h + r."""
        return head + relation

    def move_tail(self, tail: Tensor, relation: Tensor) -> Tensor:
        """Return t − r."""
        return tail - relation
