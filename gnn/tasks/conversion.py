"""The probability that a user goes all the way with an item: browses it, puts it in the cart, buys it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from gnn.tasks.funnel import Funnel, FunnelConfig
from graph.behaviours import behaviour_of
from graph.schema import EdgeKind, EdgeRole
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
    def level_of(cls, data: LearningGraph) -> dict[EdgeType, int]:
        """Return the step of each kind's behaviour among those to the same label; labels with one step have none."""
        place = {
            kind.triple: n for kind in data.schema.interactions for n, step in enumerate(STEPS) if behaviour_of(kind) in step
        }
        levels: dict[EdgeType, int] = {}
        for label in {etype[2] for etype in place}:
            taken = sorted({n for etype, n in place.items() if etype[2] == label and data.graph.num_edges(etype)})
            if len(taken) > 1:
                levels |= {etype: taken.index(n) + 1 for etype, n in place.items() if etype[2] == label and n in taken}
        return levels

    @classmethod
    def applies(cls, data: LearningGraph) -> bool:
        """Tell whether there are two steps or more that somebody took."""
        return any(steps > 1 for steps in cls.steps_of(data).values())
