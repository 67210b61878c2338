"""The probability that a user takes an item: a click, a purchase, whatever tells of liking in the graph."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from gnn.tasks.funnel import Funnel, FunnelConfig, Levels
from graph.schema import EdgeKind, EdgeRole
from loaders.sampling.held_out import HeldEdges
from loaders.sampling.learning_graph import EdgeType, LearningGraph


class ClickConfig(FunnelConfig):
    """What the click task can be told."""


class Click(Funnel):
    """One step: a pair of liking took it; one that was passed by, or disliked, did not, nor did those that never met."""

    name = "click"

    @classmethod
    def learns_from(cls, kind: EdgeKind) -> bool:
        """Take every interaction: of liking as taken, of dislike as not."""
        return kind.role is EdgeRole.INTERACTION

    @classmethod
    def levels(cls, data: LearningGraph) -> Levels:
        """Return 1 for edges of liking, 0 for others."""
        return {etype: data.liked(etype).astype(np.int64) for etype in data.interactions}

    @classmethod
    def held_levels(cls, data: LearningGraph, held: Mapping[EdgeType, HeldEdges]) -> Levels:
        """Return 1 for the kinds whose edges tell of liking."""
        return {
            etype: np.full(len(held[etype].source), int(data.liked(etype).any()), np.int64)
            for etype in data.interactions
            if etype in held
        }
