"""The probability that a user takes an item: a click, a purchase, whatever tells of liking in the graph."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch

from gnn.tasks.funnel import Funnel, FunnelConfig, Levels
from graph.schema import EdgeKind, EdgeRole
from loaders.sampling.held_out import HeldEdges
from loaders.sampling.learning_graph import EXAMPLE, EdgeType, LearningGraph


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
        return {etype: _liked(data, etype).astype(np.int64) for etype in data.interactions}

    @classmethod
    def held_levels(cls, data: LearningGraph, held: Mapping[EdgeType, HeldEdges]) -> Levels:
        """Return 1 for the kinds whose edges tell of liking."""
        return {
            etype: np.full(len(held[etype].source), int(_liked(data, etype).any()), np.int64)
            for etype in data.interactions
            if etype in held
        }


def _liked(data: LearningGraph, etype: EdgeType) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    weight = data.graph.edges[etype].data.get(EXAMPLE, torch.ones(data.graph.num_edges(etype)))
    liked: np.ndarray[tuple[int], np.dtype[np.bool_]] = (weight > 0).numpy()
    return liked
