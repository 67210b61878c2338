"""The probability that a user goes all the way with an item: browses it, puts it in the cart, buys it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
from pydantic import Field

from gnn.tasks.funnel import Funnel, FunnelConfig, Levels
from graph.behaviours import behaviour_of
from graph.schema import EdgeKind, EdgeRole
from loaders.sampling.held_out import HeldEdges
from loaders.sampling.learning_graph import EdgeType, LearningGraph

STEPS = (("browse",), ("click",), ("cart",), ("purchase",))
"""Behaviours on the way to a conversion, in order; those a graph lacks are passed over."""


class ConversionConfig(FunnelConfig):
    """What the conversion task can be told."""

    metric: Literal["auc", "auc_last_step"] = Field(default="auc", description="what the task is judged by")
    batch_size: int = Field(default=32768, ge=1, description="pairs a step that met")


class Conversion(Funnel):
    """A step a behaviour, in the order of :data:`STEPS`; a later one counts as all before it."""

    name = "conversion"

    @classmethod
    def learns_from(cls, kind: EdgeKind) -> bool:
        """Take interactions that are a step on the way."""
        return kind.role is EdgeRole.INTERACTION and any(behaviour_of(kind) in step for step in STEPS)

    @classmethod
    def levels(cls, data: LearningGraph) -> Levels:
        """Return the step of each kind's behaviour, counted among those that lead to the same label of items."""
        return {etype: np.full(data.graph.num_edges(etype), level) for etype, level in _level_of(data).items()}

    @classmethod
    def held_levels(cls, data: LearningGraph, held: Mapping[EdgeType, HeldEdges]) -> Levels:
        """Return the same of held-out edges."""
        return {etype: np.full(len(held[etype].source), level) for etype, level in _level_of(data).items() if etype in held}

    @classmethod
    def applies(cls, data: LearningGraph) -> bool:
        """Tell whether there are two steps or more that somebody took."""
        return any(steps > 1 for steps in cls.steps_of(data).values())


def _level_of(data: LearningGraph) -> dict[EdgeType, int]:
    """Return the level that an edge of each kind shows; labels of items with one step only have none."""
    place = {kind.triple: n for kind in data.schema.interactions for n, step in enumerate(STEPS) if behaviour_of(kind) in step}
    levels: dict[EdgeType, int] = {}
    for label in {etype[2] for etype in place}:
        taken = sorted({n for etype, n in place.items() if etype[2] == label and data.graph.num_edges(etype)})
        if len(taken) > 1:
            levels |= {etype: taken.index(n) + 1 for etype, n in place.items() if etype[2] == label and n in taken}
    return levels
