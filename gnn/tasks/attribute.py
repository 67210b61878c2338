"""Foretell a node's categories, such as an item's genres, from where it stands in the graph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn.functional import normalize

from gnn.encoder import gate_name
from gnn.experts import Tower
from gnn.tasks.softmax import list_cross_entropy
from gnn.tasks.task import Task, TaskConfig, Vectors
from graph.schema import EdgeKind
from loaders.sampling.attribute_source import AttributeExamples, AttributeSource
from loaders.sampling.held_out import HeldEdges
from loaders.sampling.learning_graph import EdgeType, LearningGraph

_SHARPNESS = 10.0  # of cosines, before the softmax: a linear map of unit vectors would have to grow as far


class AttributeConfig(TaskConfig):
    """What the attribute task can be told."""

    metric: Literal["hit@1", "map"] = Field(default="hit@1", description="what the task is judged by")
    of: tuple[str, ...] = Field(
        min_length=1, description="properties to foretell, as LABEL.PROPERTY; they are then no inputs of the model"
    )
    weight: float = Field(default=0.05, gt=0, description="share of this task in the joint loss")
    batch_size: int = Field(default=8192, ge=1, description="nodes a step, each with all its categories")


class Attribute(Task[AttributeExamples]):
    """The softmax over a property's categories of a linear map of the task's vectors."""

    name = "attribute"
    config: AttributeConfig

    def __init__(self, config: AttributeConfig, size: int, data: LearningGraph, tower: Tower | None = None) -> None:
        super().__init__(config, size, data, tower)
        self.categories = nn.ParameterDict(
            {gate_name(etype): torch.zeros(len(of.categories), size + 1) for etype, of in data.attributes.items()}
        )

    @classmethod
    def learns_from(cls, kind: EdgeKind) -> bool:
        """Take none: its examples are properties."""
        return False

    @classmethod
    def applies(cls, data: LearningGraph) -> bool:
        """Tell whether some node has a category to learn."""
        return any(len(attribute.node) for attribute in data.attributes.values())

    def sources(self, data: LearningGraph) -> Sequence[AttributeSource]:
        """Nodes with all their categories, a source a property."""
        return [
            AttributeSource(etype, attribute, self.config.batch_size)
            for etype, attribute in data.attributes.items()
            if len(attribute.node)
        ]

    def view(self, vectors: Tensor) -> Tensor:
        """Return the input of the linear map, float32[n, d + 1], for shared vectors float32[n, d]."""
        unit = normalize(self.tower(vectors), dim=1) * _SHARPNESS
        return torch.cat([unit, torch.ones_like(unit[:, :1])], dim=1)

    def loss(self, vectors: Vectors, examples: AttributeExamples) -> Tensor:
        """Softmax cross-entropy of all the categories that a node has."""
        nodes = self.view(vectors[examples.etype[0]][torch.from_numpy(examples.source)])
        return list_cross_entropy(nodes, self.categories[gate_name(examples.etype)], examples)

    def figures(self, vectors: Vectors, held: Mapping[EdgeType, HeldEdges], data: LearningGraph) -> dict[str, float]:
        """How often the likeliest category is one that the node has, and mean average precision, over nodes held out."""
        hits, precisions = [], []
        for etype, attribute in data.attributes.items():
            if etype not in held:
                continue
            nodes, row = np.unique(held[etype].source, return_inverse=True)
            has = np.zeros((len(nodes), len(attribute.categories)), np.bool_)
            has[row, held[etype].target] = True
            scores = self.view(vectors[etype[0]][torch.from_numpy(nodes)]) @ self.categories[gate_name(etype)].T
            order = np.argsort(-scores.numpy(), axis=1, kind="stable")
            found = np.take_along_axis(has, order, axis=1)
            hits.append(found[:, 0])
            rank = np.arange(1, found.shape[1] + 1)
            precisions.append((found * found.cumsum(axis=1) / rank).sum(axis=1) / has.sum(axis=1))
        if not hits:
            return {}
        return {
            "attribute/hit@1": float(np.concatenate(hits).mean()),
            "attribute/map": float(np.concatenate(precisions).mean()),
        }
