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
