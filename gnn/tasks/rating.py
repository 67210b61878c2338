"""Predict the value of an interaction, such as a rating."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn
from torch.nn.functional import mse_loss

from gnn.tasks.task import Task, TaskConfig, Vectors
from graph.schema import EdgeKind, EdgeRole
from loaders.sampling.edge_source import EdgeExamples, EdgeSource
from loaders.sampling.held_out import HeldEdges
from loaders.sampling.learning_graph import VALUE, EdgeType, LearningGraph


class RatingConfig(TaskConfig):
    """What the rating task can be told."""

    weight: float = 0.05
    batch_size: int = 8192
    num_negatives: int = 1


class Rating(Task[EdgeExamples]):
    """Value = mean + deviation · (user bias + item bias + scaled product of the task vectors), by squared error.

    Biases are read off the vectors, so that a node never seen in training gets one too.
    """

    name = "rating"
    config: RatingConfig

    def __init__(self, config: RatingConfig, size: int, data: LearningGraph) -> None:
        super().__init__(config, size)
        values = torch.cat([data.graph.edges[etype].data[VALUE][rows] for etype, rows in self._valued(data).items()])
        self.register_buffer("mean", values.mean())
        self.register_buffer("deviation", values.std(correction=0).clamp(min=1e-6))
        self.mean: Tensor
        self.deviation: Tensor
        self.user_bias = nn.Linear(size, 1, bias=False)
        self.item_bias = nn.Linear(size, 1, bias=False)
        self.product = nn.Parameter(torch.zeros(size))

    @staticmethod
    def _valued(data: LearningGraph) -> dict[EdgeType, Tensor]:
        """Return the edges that have a value, which may be missing on some; int64 ids by edge type, none without any."""
        values = {etype: data.graph.edges[etype].data.get(VALUE) for etype in data.interactions}
        rows = {etype: (~of_type.isnan()).nonzero()[:, 0] for etype, of_type in values.items() if of_type is not None}
        return {etype: of_type for etype, of_type in rows.items() if len(of_type)}

    @classmethod
    def learns_from(cls, kind: EdgeKind) -> bool:
        """Take interactions that have a value."""
        return kind.role is EdgeRole.INTERACTION and kind.value is not None

    @classmethod
    def applies(cls, data: LearningGraph) -> bool:
        """Tell whether some interaction carries a value, and not always the same one."""
        valued = cls._valued(data)
        return any(data.graph.edges[etype].data[VALUE][rows].unique().numel() > 1 for etype, rows in valued.items())

    def sources(self, data: LearningGraph) -> Sequence[EdgeSource]:
        """Interactions that have a value."""
        return [
            EdgeSource(data, etype, self.config.batch_size, self.config.num_negatives, rows.numpy())
            for etype, rows in self._valued(data).items()
        ]

    def predict(self, users: Tensor, items: Tensor) -> Tensor:
        """Return values float32[n] for shared vectors float32[n, d] of users and items, in the data's unit."""
        users, items = self.tower(users), self.tower(items)
        score = self.user_bias(users) + self.item_bias(items) + (users * items) @ self.product.unsqueeze(1)
        value: Tensor = self.mean + self.deviation * score.squeeze(1)
        return value

    def loss(self, vectors: Vectors, examples: EdgeExamples) -> Tensor:
        """Squared error in units of the values' variance."""
        assert examples.value is not None  # noqa: S101 - sources() takes valued edge types only
        users = vectors[examples.etype[0]][torch.from_numpy(examples.source)]
        items = vectors[examples.etype[2]][torch.from_numpy(examples.target)]
        error = (self.predict(users, items) - torch.from_numpy(examples.value)) / self.deviation
        return mse_loss(error, torch.zeros_like(error))

    def figures(self, vectors: Vectors, held: Mapping[EdgeType, HeldEdges], data: LearningGraph) -> dict[str, float]:
        """Root mean squared and mean absolute error, in the data's unit."""
        errors = []
        for etype in self._valued(data):
            if etype in held and held[etype].value is not None:
                users = vectors[etype[0]][torch.from_numpy(held[etype].source)]
                items = vectors[etype[2]][torch.from_numpy(held[etype].target)]
                errors.append(self.predict(users, items) - torch.from_numpy(held[etype].value))
        error = torch.cat([*errors, torch.zeros(0)])
        error = error[~error.isnan()]
        if not len(error):
            return {}
        return {"rating/rmse": float(error.square().mean().sqrt()), "rating/mae": float(error.abs().mean())}
