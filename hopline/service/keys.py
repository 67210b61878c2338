"""API keys: who may do what. A key is shown once, when it is made; its hash alone is kept."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import tempfile
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import Enum
from pathlib import Path

from graph.tenants import check_name
from hopline.errors import ConfigError
from hopline.service.config import ServeConfig

_LOOKED_AT_EVERY_S = 1.0
_NUM_BYTES = 32  # so many random ones need no slow hash


class Scope(str, Enum):
    """What a key allows: asking; sending events; changing what serves."""

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"


@dataclass(frozen=True)
class Key:
    """A key's name, what it allows, the SHA-256 of it in hexadecimal, and when it was made, in seconds since 1970.

    ``tenant``: whose it is, and all that it can reach; None: the operator's.
    """

    name: str
    scopes: tuple[Scope, ...]
    sha256: str
    created_at: int
    tenant: str | None = None

    def allows(self, scope: Scope) -> bool:
        """Whether it allows something; ``admin`` allows all."""
        return scope in self.scopes or Scope.ADMIN in self.scopes


class KeyFile:
    """The file of keys, which is looked at again when it changed: a key that is added or taken away needs no restart."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._by_hash: dict[str, Key] = {}
        self._had_any = False
        self._changed: tuple[int, int] | None = None
        self._looked_at = -_LOOKED_AT_EVERY_S

    def keys(self) -> list[Key]:
        """Return all keys, by name.

        Raises:
            ConfigError: the file cannot be read, or is none that `hopline keys` wrote.
        """
        try:
            rows = json.loads(self.path.read_text(encoding="utf-8"))
            keys = [Key(**row | {"scopes": tuple(map(Scope, row["scopes"]))}) for row in rows]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise ConfigError(
                f"{self.path} cannot be read as a file of keys ({error}); move it away and make keys by `hopline keys add`"
            ) from error
        return sorted(keys, key=lambda key: key.name)

    def add(self, name: str, scopes: Iterable[Scope], tenant: str | None = None) -> str:
        """Make a key and return it, which is not kept; ``tenant``: whose, None: the operator's.

        Raises:
            ConfigError: there is one of this name, no scope was given, a tenant is to have ``admin``, or the file cannot be
                read.
            QuestionError: the tenant's name is none.
        """
        allowed = tuple(dict.fromkeys(scopes))
        keys = self.keys()
        if not name.strip() or not allowed:
            raise ConfigError(f"got the name {name!r} and {len(allowed)} scopes; expected a name and at least one scope")
        if any(key.name == name for key in keys):
            raise ConfigError(f"there is a key {name!r} already; remove it first, or take another name")
        if tenant is not None:
            check_name(tenant)
            if Scope.ADMIN in allowed:
                raise ConfigError(
                    "a tenant's key cannot allow admin, which is about all tenants; leave out --tenant or the scope"
                )
        text = f"hopline_{secrets.token_urlsafe(_NUM_BYTES)}"
        self._write([*keys, Key(name, allowed, _sha256(text), int(time.time()), tenant)])
        return text

    def remove(self, name: str) -> None:
        """Take a key away.

        Raises:
            ConfigError: there is none of this name, or the file cannot be read.
        """
        keys = self.keys()
        if not any(key.name == name for key in keys):
            raise ConfigError(f"there is no key {name!r}; there are {[key.name for key in keys]}")
        self._write([key for key in keys if key.name != name])

    def find(self, text: str) -> Key | None:
        """Return the key that a caller sent, or None; nothing here depends on how much of it is right.

        Raises:
            ConfigError: the file cannot be read.
        """
        self._look()
        return self._by_hash.get(_sha256(text))

    @property
    def tenants(self) -> frozenset[str]:
        """Whose keys there are, beside the operator's."""
        self._look()
        return frozenset(key.tenant for key in self._by_hash.values() if key.tenant is not None)

    @property
    def is_open(self) -> bool:
        """Whether there is no key and was none since this began: who takes the last one away opens nothing."""
        self._look()
        return not self._had_any

    def _look(self) -> None:
        if time.monotonic() - self._looked_at < _LOOKED_AT_EVERY_S:
            return
        self._looked_at = time.monotonic()
        try:
            stat = self.path.stat()
            changed = (stat.st_mtime_ns, stat.st_ino)
        except FileNotFoundError:
            changed = (0, 0)
        if changed != self._changed:
            self._by_hash = {key.sha256: key for key in self.keys()}
            self._had_any = self._had_any or bool(self._by_hash)
            self._changed = changed

    def _write(self, keys: list[Key]) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self.path.parent, prefix=self.path.name)  # readable by its owner only
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump([asdict(key) for key in keys], file, indent=1)
        Path(name).replace(self.path)


def keys_path(serve: ServeConfig, run_folder: Path) -> Path:
    """Return where keys are kept."""
    return serve.keys_file or run_folder / "keys.json"


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
