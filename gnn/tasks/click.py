"""The probability that a user takes an item: clicks, plays, rates or buys it.

A click is an interaction of any kind that counts for something in ``[behaviours]``, whatever its value: one who rated a film
took it, and whether they liked it is known after. Kinds of weight 0, such as a dislike or an item that was only shown, say
that the user did not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
from pydantic import Field

from gnn.tasks.funnel import Funnel, FunnelConfig, Levels
from graph.schema import EdgeKind, EdgeRole
from loaders.sampling.held_out import HeldEdges
from loaders.sampling.learning_graph import EdgeType, LearningGraph


class ClickConfig(FunnelConfig):
    """What the click task can be told."""

    metric: Literal["auc"] = Field(default="auc", description="what the task is judged by")


class Click(Funnel):
    """One step: see the module for who took it; pairs that never met did not."""

    name = "click"

    @classmethod
    def learns_from(cls, kind: EdgeKind) -> bool:
        """Take every interaction."""
        return kind.role is EdgeRole.INTERACTION

    @classmethod
    def levels(cls, data: LearningGraph) -> Levels:
        """Return 1 for edges of kinds that count for something, 0 for others."""
        return {
            etype: np.full(data.graph.num_edges(etype), int(data.gates[etype] > 0), np.int64) for etype in data.interactions
        }

    @classmethod
    def held_levels(cls, data: LearningGraph, held: Mapping[EdgeType, HeldEdges]) -> Levels:
        """Return the same of held-out edges."""
        return {
            etype: np.full(len(held[etype].source), int(data.gates[etype] > 0), np.int64)
            for etype in data.interactions
            if etype in held
        }
