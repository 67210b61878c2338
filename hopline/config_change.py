"""Changes single keys of a ``hopline.toml``; every comment and all else in the file stays as it is."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from hopline.config import read_config
from hopline.errors import ConfigError


def change_config(path: Path, sections: Mapping[str, Any]) -> None:
    """Set the keys of ``sections``, nested, in a file, which is made where there is none.

    It is checked before it takes the old one's place, and a crash leaves the old one.

    Raises:
        ConfigError: the file is not TOML, has something else where a section is to be, or would no longer be a
            configuration; it is as it was.
    """
    try:
        document = tomlkit.parse(path.read_text(encoding="utf-8")) if path.exists() else tomlkit.document()
        _set(document, sections)
        text = tomlkit.dumps(document)
        holds = _holds(tomlkit.parse(text).unwrap(), sections)
    except (TOMLKitError, TypeError, ValueError) as error:
        raise ConfigError(f"{path} cannot be changed ({error}); it is as it was, change it by hand") from error
    if not holds:
        raise ConfigError(f"{path} cannot be changed by a program as it is written; it is as it was, change it by hand")
    draft = path.with_name(f"{path.name}.tmp")
    draft.write_text(text, encoding="utf-8")
    try:
        read_config(draft)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _set(table: MutableMapping[str, Any], values: Mapping[str, Any]) -> None:
    for key, value in values.items():
        if not isinstance(value, Mapping):
            table[key] = value
            continue
        if key not in table:
            table[key] = tomlkit.table(is_super_table=all(isinstance(inner, Mapping) for inner in value.values()))
        _set(table[key], value)


def _holds(found: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
    return all(
        isinstance(found.get(key), Mapping) and _holds(found[key], value) if isinstance(value, Mapping) else found[key] == value
        for key, value in values.items()
    )
