"""What the service is told: where it listens, who may ask, and how much."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class ServeConfig(BaseModel):
    """Where the HTTP service listens, who may ask, and how much at once."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    host: str = Field(default="127.0.0.1", description="address to listen on; one that others can reach needs keys")
    port: int = Field(default=8480, ge=0, le=65_535, description="0 takes a free one, and says which")
    workers: int = Field(default=1, ge=1, le=64, description="processes; as many as there are cores to spare beside Neo4j")
    keys_file: Path | None = Field(
        default=None, description="where `hopline keys` keeps hashes of keys; unset: keys.json in the run folder"
    )
    requests_per_s: float = Field(
        default=0,
        ge=0,
        description="requests a second of each key to each process, in bursts of twice as many; 0: no limit",
    )
    max_body_bytes: int = Field(default=1_048_576, ge=1_024, description="bytes of a request's body, at most")
    max_events: int = Field(default=1_000, ge=1, description="events of one request, at most")
    waiting_events: int = Field(
        default=10_000, ge=1, description="events that wait to be written, at most; more are refused until there is room"
    )
    connections: int = Field(default=16, ge=1, le=1_000, description="connections to Neo4j of each process, at most")
    figures_every_s: float = Field(
        default=15,
        gt=0,
        description="seconds from one reading of freshness and drift for /metrics to the next",
    )
    retry_s: float = Field(default=1, ge=0, description="seconds for which a reading that failed in passing is tried again")
    retry_events_s: float = Field(default=5, ge=0, description="seconds for which events are tried again while Neo4j is away")
    shutdown_s: int = Field(default=30, ge=1, description="seconds that requests under way are given to end when told to stop")
