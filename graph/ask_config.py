"""What questions may ask for, and what every answer must keep to."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from graph.filters.config import Filterable


class AskConfig(BaseModel):
    """What questions may ask for, and what every answer must keep to."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    filters: Filterable = {}
