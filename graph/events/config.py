"""What is asked of events, and how many are written at once."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class EventsConfig(BaseModel):
    """What is asked of events, and how they are taken in."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    future_skew_s: float = Field(
        default=300,
        ge=0,
        description="seconds by which an event's clock may be ahead of this machine's; later ones are set aside",
    )
    click_window_s: float = Field(
        default=1_800,
        gt=0,
        description="seconds after an impression within which what the user does with the item, dislikes aside, counts as a "
        "click on it",
    )
    max_bytes: int = Field(default=65_536, ge=256, description="bytes of an event's line; longer ones are set aside")
    batch_size: int = Field(default=2_000, ge=1, le=50_000, description="events a transaction, at most")
    queue_size: int = Field(
        default=20_000, ge=1, description="events that wait to be written, at most, before no more are read; bounds the memory"
    )
    keep_ids_days: float = Field(
        default=365,
        gt=0,
        description="days for which the id of an event is known; `hopline gc` forgets older ones, which would count as new",
    )
    retry_s: float = Field(
        default=120, ge=0, description="seconds for which a database that went away is tried again before giving up"
    )
