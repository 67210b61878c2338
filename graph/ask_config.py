"""What questions may ask for, and what every answer must keep to."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from graph.filters.config import Filterable
from graph.rules import Rule


class AskConfig(BaseModel):
    """What questions may ask for, and what every answer must keep to."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    filters: Filterable = {}
    rules: tuple[Rule, ...] = Field(default=(), max_length=100, description="what every answer keeps to, in this order")
    diversity: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="how much likeness to the items before it counts against one, beside its score; 0: not",
    )
    explore: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="share of places at which any good candidate is shown, by chance, to learn from; 0: none",
    )
