"""The probability that a user takes an item: clicks, plays, rates or buys it.

A click is an interaction of any kind that counts for something in ``[behaviours]``, whatever its value: one who rated a film
took it, and whether they liked it is known after. Kinds of weight 0, such as a dislike, say that the user did not take it; so
does browsing where there are clicks: the item was shown, and passed by.

Where the graph tells what was shown and passed by, the probability is that of a click on what is shown: it is measured on, and
made true for, pairs that met. Else it is so among as many pairs that met as never did.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from gnn.tasks.funnel import Funnel, FunnelConfig
from graph.behaviours import behaviour_of
from graph.schema import EdgeKind, EdgeRole
from loaders.sampling.learning_graph import EdgeType, LearningGraph

_SHOWN = ("browse", "skip")  # behaviours by which an item was before somebody


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
    def level_of(cls, data: LearningGraph) -> dict[EdgeType, int]:
        """Return 1 for kinds that tell of a click, 0 for others."""
        kinds = [kind for kind in data.schema.interactions if data.graph.num_edges(kind.triple)]
        clicked = {kind.target for kind in kinds if behaviour_of(kind) == "click" and data.gates[kind.triple] > 0}
        return {
            kind.triple: int(data.gates[kind.triple] > 0 and not (behaviour_of(kind) == "browse" and kind.target in clicked))
            for kind in data.schema.interactions
        }

    @classmethod
    def is_of_met(cls, label: str, data: LearningGraph) -> bool:
        """Tell whether it is known of some items of a label that they were shown and passed by."""
        level = cls.level_of(data)
        return any(
            level[kind.triple] == 0 and behaviour_of(kind) in _SHOWN and data.graph.num_edges(kind.triple)
            for kind in data.schema.interactions
            if kind.target == label
        )
