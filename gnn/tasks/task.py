"""What a task is: where its examples come from, its own layers, its loss and its figures."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, Generic, TypeVar

import torch
from pydantic import BaseModel, ConfigDict, Field, field_validator
from torch import Tensor, nn
from torch.nn.functional import normalize

from gnn.calibration import Calibration
from gnn.experts import Tower
from graph.pair_predictor import PairPredictor
from graph.schema import EdgeKind
from loaders.sampling.examples import Examples, Source
from loaders.sampling.held_out import HeldEdges
from loaders.sampling.learning_graph import EdgeType, LearningGraph

Vectors = dict[str, Tensor]
Predictors = Mapping[EdgeType, PairPredictor]
Calibrations = dict[EdgeType, tuple[Calibration | None, ...]]
"""A calibration a step of each edge type, None where there was nothing to fit it to."""

ExamplesT = TypeVar("ExamplesT", bound=Examples)


class TaskConfig(BaseModel):
    """What every task can be told."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    metric: str = Field(description="what the task is judged by, if it is the one that [train] metric names")
    weight: float = Field(default=1.0, description="share of this task in the joint loss")
    batch_size: int = Field(default=2048, description="positive edges a step")

    @field_validator("weight", "batch_size")
    @classmethod
    def _above_zero(cls, value: float) -> float:
        # Not as bounds of the fields: a task that gives one of them another default would lose them.
        if not 0 < value < math.inf:
            raise ValueError("Input should be greater than 0, and finite")
        return value


class Task(nn.Module, ABC, Generic[ExamplesT]):
    """One learning task on the shared vectors. A new task is a new file with a subclass.

    Subclasses set ``name`` and take their configuration as a :class:`TaskConfig`, the size of the shared vectors, the
    graph they are to learn from, and their tower.
    """

    name: str

    def __init__(self, config: TaskConfig, size: int, data: LearningGraph, tower: Tower | None = None) -> None:
        super().__init__()
        self.config = config
        self.tower = Tower(size) if tower is None else tower

    @classmethod
    @abstractmethod
    def learns_from(cls, kind: EdgeKind) -> bool:
        """Whether relationships of a kind can be this task's examples, as far as the schema tells."""

    @classmethod
    @abstractmethod
    def applies(cls, data: LearningGraph) -> bool:
        """Whether the graph has anything for this task to learn from."""

    @abstractmethod
    def sources(self, data: LearningGraph) -> Sequence[Source[ExamplesT]]:
        """Return where its examples are drawn from."""

    @abstractmethod
    def loss(self, vectors: Vectors, examples: ExamplesT) -> Tensor:
        """Return the mean loss of one batch, a scalar; ``vectors`` are shared ones, float32[n, d] by label."""

    @abstractmethod
    def figures(self, vectors: Vectors, held: Mapping[EdgeType, HeldEdges], data: LearningGraph) -> dict[str, float]:
        """Measure the task on edges it has not seen, by name; empty where ``held`` has none of its edge types.

        ``vectors``: shared vectors of all nodes, float32[n, d] by label.
        """

    def calibrate(self, vectors: Vectors, held: Mapping[EdgeType, HeldEdges], data: LearningGraph) -> Calibrations:
        """Fit what makes its scores true on edges it has not seen, by edge type; nothing for tasks without probabilities."""
        return {}

    def predictors(self, vectors: Vectors, data: LearningGraph, calibrations: Calibrations) -> Predictors:
        """Return what it foretells of any user and item, by edge type; nothing for tasks that foretell nothing of a pair.

        ``calibrations``: as :meth:`calibrate` gave them, for the same task learnt from less.
        """
        return {}

    def measure(self, predictors: Predictors, held: Mapping[EdgeType, HeldEdges], data: LearningGraph) -> dict[str, float]:
        """Measure predictors on edges that they have not seen, by name; empty where ``held`` has none of their edge types."""
        return {}

    def unit_vectors(self, label: str, vectors: Vectors, data: LearningGraph) -> Tensor:
        """Return all nodes of a label as the task sees them, float32[n, d] of length one; zeros of those nothing is known of.

        What the encoder has of a node without an edge or a feature is the noise it began with.
        """
        with torch.no_grad():
            return normalize(self.tower(vectors[label]), dim=1) * data.is_known(label).unsqueeze(1)


AnyTask = Task[Any]
