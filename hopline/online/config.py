"""What learning from events can be told."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from gnn.inductive.teach import TeachConfig


class OnlineConfig(BaseModel):
    """How often events are learnt from, how, within which bounds, and what becomes of it when training anew is due."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    every_s: float = Field(default=60.0, gt=0, description="seconds from one look at the graph to the next")
    min_events: int = Field(default=50, ge=1, description="fewer new events wait for the next look")
    most_events: int = Field(default=20_000, ge=1, description="of more new events, so many drawn by chance are learnt from")
    teach: TeachConfig = TeachConfig()
    min_ratio: float = Field(
        default=0.9,
        ge=0,
        description="of the released student's NDCG@20, each event foretold before it is learnt; below, that one serves again",
    )
    judged_events: int = Field(default=500, ge=1, description="events since which the two are compared, at least")
    min_overlap: float = Field(
        default=0.9,
        ge=0,
        le=1,
        description="share of their first ten items that users without new events keep; below, a step is not taken",
    )
    max_drift: float = Field(
        default=0.5, gt=0, description="cosine distance of what items are asked with from what was released; above, train anew"
    )
    retrain: Literal["never", "when due"] = Field(
        default="never",
        description="whether `hopline learn` trains anew when due, and publishes what passes the canary, or only says so",
    )
    retrain_every_days: float | None = Field(
        default=None, gt=0, description="days after which training anew is due whatever happened; unset: however old a run is"
    )
    retrain_pause_s: float = Field(
        default=3600.0,
        ge=1,
        description="seconds from a training anew that failed to the next, twice as long after each further one, a day at most",
    )
    max_new: float = Field(default=0.5, gt=0, description="new events, as a share of those trained on; above, train anew")
