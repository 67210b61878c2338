"""Single keys of the configuration by their dotted names, such as ``tasks.ranking.temperature``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from hopline.config import Config

Settings = dict[str, Any]
"""Values by dotted key."""


def read_setting(config: Config, key: str) -> Any:
    """Return the value of a key, None where a section on the way is left out."""
    found: Any = config
    for part in key.split("."):
        found = getattr(found, part) if isinstance(found, BaseModel) else None
    return found


def by_section(settings: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return values as nested sections: what :meth:`Config.changed` takes."""
    sections: dict[str, dict[str, Any]] = {}
    for key, value in settings.items():
        *path, name = key.split(".")
        section: dict[str, Any] = sections
        for part in path:
            section = section.setdefault(part, {})
        section[name] = value
    return sections
