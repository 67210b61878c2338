"""The one configuration: ``hopline.toml``, over it the environment, over that what a caller passes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from gnn.encoder import EncoderConfig
from gnn.model import TasksConfig
from gnn.train import TrainConfig
from graph.schema import Schema
from hopline.errors import ConfigError
from hopline.split_config import SplitConfig

DEFAULT_FILE = Path("hopline.toml")


class PublishConfig(BaseModel):
    """What a release holds and how many are kept."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    keep: int = Field(default=2, ge=1, description="releases kept beside the active one's predecessor")


class Config(BaseSettings):
    """Everything Hopline can be told; each part is described where it is used.

    ``HOPLINE_TRAIN__EPOCHS=10`` overrides ``[train] epochs`` in the file, and so on for every key.
    """

    model_config = SettingsConfigDict(
        env_prefix="HOPLINE_", env_nested_delimiter="__", extra="forbid", frozen=True, toml_file=DEFAULT_FILE
    )

    graph_schema: Schema | None = Field(default=None, description="the graph's shape; unset: as loaded files declared it")
    run_folder: Path = Field(default=Path("runs/default"), description="where checkpoints of training are kept")
    model: EncoderConfig = EncoderConfig()
    tasks: TasksConfig = TasksConfig()
    train: TrainConfig = TrainConfig()
    split: SplitConfig = SplitConfig()
    publish: PublishConfig = PublishConfig()

    def changed(self, parts: Mapping[str, BaseModel | Mapping[str, Any]]) -> Config:
        """Return a copy with sections replaced (a model) or single keys of them changed (a mapping).

        Raises:
            ConfigError: an unknown section or key, or a value out of range.
        """
        new: dict[str, Any] = {}
        for name, part in parts.items():
            try:
                section = type(getattr(self, name))
                old = getattr(self, name).model_dump()
                new[name] = part if isinstance(part, BaseModel) else section.model_validate(_merged(old, part))
            except ValidationError as error:
                raise ConfigError(f"[{name}] has a mistake: {_told(error)}") from error
        return self.model_copy(update=new)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take passed values first, then the environment, then the file."""
        return (init_settings, env_settings, TomlConfigSettingsSource(settings_cls))


def read_config(path: Path | None = None, **overrides: Any) -> Config:
    """Read the configuration; ``path`` None takes ``hopline.toml`` if it is there, and defaults else.

    ``overrides`` are whole sections or nested dictionaries, such as ``train={"epochs": 5}``.

    Raises:
        ConfigError: no such file, not TOML, an unknown key, or a value out of range.
    """
    if path is not None and not path.is_file():
        raise ConfigError(f"there is no configuration file {path}; write one, or leave the option out to use defaults")
    source = path or DEFAULT_FILE

    class _FromFile(Config):
        model_config = SettingsConfigDict(toml_file=source)

    try:
        return _FromFile(**overrides)
    except ValidationError as error:
        raise ConfigError(f"the configuration ({source}, environment or options) has a mistake: {_told(error)}") from error
    except ValueError as error:  # tomllib's decoding error is one
        raise ConfigError(f"{source} is not valid TOML: {error}") from error


def _told(error: ValidationError) -> str:
    return "; ".join(
        f"{'.'.join(str(part) for part in found['loc'])}: {found['msg']} (got {found['input']!r})" for found in error.errors()
    )


def _merged(old: dict[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    return old | {
        key: _merged(old[key], value) if isinstance(value, Mapping) and isinstance(old.get(key), dict) else value
        for key, value in changes.items()
    }
