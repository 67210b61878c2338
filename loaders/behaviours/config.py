"""What behaviours can be told: ``[behaviours]`` of the configuration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from graph.behaviours import behaviour_of, default_weight
from graph.schema import EdgeKind, Schema
from loaders.errors import InputError


class BehaviourConfig(BaseModel):
    """One behaviour: ``[behaviours.of.NAME]``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    weight: float | None = Field(
        default=None,
        ge=0,
        description="what one event counts, beside those of other behaviours; 0: never a positive of the ranking, and passes "
        "messages through a gate that starts closed and is learnt; unset: as in graph/behaviours.py, and as the strongest "
        "where a user is known by events alone",
    )
    half_life_days: float | None = Field(
        default=None, gt=0, description="days after which an event counts half; unset: as all behaviours"
    )
    value: Literal["ignore", "order", "rating", "amount"] = Field(
        default="order",
        description="what the value says. order: more is more, an example of the ranking counts half at the lowest of the "
        "training rows up to one and a half at the highest, by how many are below it; ignore: nothing; rating: from nothing at "
        "`neutral` up to 1 at the highest of the training rows, those at or below neutral are no positives; amount (seconds, "
        "plays): log(1 + value), capped, in units of its mean",
    )
    neutral: float | None = Field(default=None, description="of a rating: the value that is neither liking nor dislike")
    cap_quantile: float = Field(
        default=0.99, gt=0.5, le=1, description="of an amount: the quantile of the training rows above which more is no more"
    )

    @model_validator(mode="after")
    def _rating_has_a_middle(self) -> BehaviourConfig:
        if self.value == "rating" and self.neutral is None:
            raise ValueError("value = 'rating' needs neutral, the value that is neither liking nor dislike: 3 of 1 to 5, say")
        return self


class BehavioursConfig(BaseModel):
    """What interactions count, by behaviour, time and session, in training and where a user is known by events alone.

    The defaults weigh all events of one behaviour alike.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    half_life_days: float | None = Field(
        default=None, gt=0, description="days, back from the newest event learnt from, after which an event counts half"
    )
    session_gap_minutes: float = Field(
        default=30, gt=0, description="a user's events that are further apart than this are of two sessions"
    )
    session_decay: float = Field(
        default=1, gt=0, le=1, description="what an event counts for each session that the user had after it; 1: no less"
    )
    of: Mapping[str, BehaviourConfig] = Field(default={}, description="single behaviours by name")

    def settings(self, kind: EdgeKind) -> BehaviourConfig:
        """Return what a kind of interaction is told."""
        return self.of.get(behaviour_of(kind), BehaviourConfig())

    def weight(self, kind: EdgeKind) -> float:
        """Return what one event of a kind counts beside those of others, before its value, age and session."""
        told = self.settings(kind).weight
        return default_weight(behaviour_of(kind)) if told is None else told

    def check(self, schema: Schema) -> None:
        """Refuse a behaviour that no interaction has.

        Raises:
            InputError: there is one; the message names those there are.
        """
        found = {behaviour_of(kind) for kind in schema.interactions}
        unknown = sorted(set(self.of) - found)
        if unknown:
            raise InputError(f"[behaviours.of] names {unknown}; the graph's interactions are {sorted(found)}")
