"""The one configuration: ``hopline.toml``, over it the environment, over that what a caller passes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from gnn.compress import CompressConfig
from gnn.encoder import EncoderConfig
from gnn.fuse import FuseConfig
from gnn.kge import KgeConfig
from gnn.model import TasksConfig
from gnn.train import TrainConfig
from graph.ask_config import AskConfig
from graph.events import EventsConfig
from graph.neighbours import MOST_NEIGHBOURS
from graph.releases.collect import KEPT
from graph.schema import Schema
from graph.settings import ConnectionSettings, ServerSettings
from hopline.canary import CanaryConfig
from hopline.errors import ConfigError
from hopline.online.config import OnlineConfig
from hopline.service.config import ServeConfig
from hopline.split_config import SplitConfig
from loaders.behaviours import BehavioursConfig
from loaders.clean import CleanConfig
from loaders.features import FeaturesConfig

S = TypeVar("S", bound=BaseSettings)

DEFAULT_FILE = Path("hopline.toml")


class PublishConfig(BaseModel):
    """What a release holds and how many are kept."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    keep: int = Field(
        default=KEPT,
        ge=1,
        description="newest releases that stay, beside the active one and its predecessor; below 3 every publish writes all",
    )
    similar: int | None = Field(
        default=None,
        ge=0,
        le=MOST_NEIGHBOURS,
        description="strongest neighbours of each item that are written as relationships, for Cypher to walk; 0: none; unset: "
        "20 where recommendations are found by them, else none",
    )
    canary: CanaryConfig = CanaryConfig()


class Config(BaseSettings):
    """Everything Hopline can be told; each part is described where it is used.

    ``HOPLINE_TRAIN__EPOCHS=10`` overrides ``[train] epochs`` in the file, and so on for every key.
    """

    model_config = SettingsConfigDict(
        env_prefix="HOPLINE_", env_nested_delimiter="__", extra="forbid", frozen=True, toml_file=DEFAULT_FILE
    )

    graph_schema: Schema | None = Field(default=None, description="the graph's shape; unset: as loaded files declared it")
    run_folder: Path = Field(default=Path("runs/default"), description="where checkpoints of training are kept")
    features: FeaturesConfig = FeaturesConfig()
    model: EncoderConfig = EncoderConfig()
    tasks: TasksConfig = TasksConfig()
    kge: KgeConfig = KgeConfig()
    train: TrainConfig = TrainConfig()
    fuse: FuseConfig = FuseConfig()
    clean: CleanConfig = CleanConfig()
    behaviours: BehavioursConfig = BehavioursConfig()
    split: SplitConfig = SplitConfig()
    compress: CompressConfig = CompressConfig()
    publish: PublishConfig = PublishConfig()
    events: EventsConfig = EventsConfig()
    ask: AskConfig = AskConfig()
    online: OnlineConfig = OnlineConfig()
    serve: ServeConfig = ServeConfig()

    def changed(self, parts: Mapping[str, BaseModel | Mapping[str, Any]]) -> Config:
        """Return a copy with sections replaced (a model) or single keys of them changed (a mapping).

        Raises:
            ConfigError: an unknown section or key, or a value out of range.
        """
        new: dict[str, Any] = {}
        for name, part in parts.items():
            section = type(getattr(self, name))
            old = getattr(self, name).model_dump()
            try:
                new[name] = part if isinstance(part, BaseModel) else section.model_validate(_merged(old, part))
            except ValidationError as error:
                raise ConfigError(f"[{name}] has a mistake: {_told(error, section)}") from error
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
        raise ConfigError(
            f"the configuration ({source}, environment or options) has a mistake: {_told(error, Config)}"
        ) from error
    except SettingsError as error:
        raise ConfigError(f"an environment variable cannot be read: {error}; write HOPLINE_SECTION__KEY=value") from error
    except ValueError as error:  # tomllib's decoding error is one
        raise ConfigError(f"{source} is not valid TOML: {error}") from error


def read_connection_settings() -> ConnectionSettings:
    """Read ``NEO4J_*`` from the environment.

    Raises:
        ConfigError: a value out of range.
    """
    return _from_environment(ConnectionSettings, "NEO4J_*")


def read_other_connection(prefix: str) -> ConnectionSettings:
    """Read where another database is: ``SHOP_URI``, ``SHOP_USERNAME``, ``SHOP_PASSWORD`` and ``SHOP_DATABASE`` for ``SHOP``.

    Raises:
        ConfigError: its address is not set, or a value is out of range.
    """

    class _Other(ConnectionSettings):
        model_config = SettingsConfigDict(env_prefix=f"{prefix}_")

    settings = _from_environment(_Other, f"{prefix}_*")
    if settings.uri is None:
        raise ConfigError(
            f"{prefix}_URI is not set; expected the address of the database to ask, with {prefix}_USERNAME, {prefix}_PASSWORD "
            f"and {prefix}_DATABASE where they are needed"
        )
    return settings


def read_server_settings() -> ServerSettings:
    """Read the embedded server's ``HOPLINE_*`` from the environment.

    Raises:
        ConfigError: a value out of range.
    """
    return _from_environment(ServerSettings, "HOPLINE_*")


def _from_environment(settings: type[S], variables: str) -> S:
    try:
        return settings()
    except ValidationError as error:
        raise ConfigError(f"the environment has a mistake: {variables} {_told(error, settings)}") from error


def _told(error: ValidationError, of: type[BaseModel]) -> str:
    mistakes = []
    for found in error.errors():
        where, problem = ".".join(str(part) for part in found["loc"]), found["msg"]
        if found["type"] == "extra_forbidden":
            mistakes.append(f"{where}: there is no such key; known are {_known(of, found['loc'][:-1])}")
        else:
            mistakes.append(f"{where}: {problem} (got {found['input']!r})".removeprefix(": "))
    return "; ".join(mistakes)


def _known(model: type[BaseModel], path: tuple[int | str, ...]) -> str:
    """Return the keys of the section that a path leads to, or of the last one on the way that can be told."""
    for part in path:
        field = model.model_fields.get(str(part))
        kinds = () if field is None else (field.annotation, *get_args(field.annotation))
        model = next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)), model)
    return ", ".join(sorted(model.model_fields))


def _merged(old: dict[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    return old | {
        key: _merged(old[key], value) if isinstance(value, Mapping) and isinstance(old.get(key), dict) else value
        for key, value in changes.items()
    }
