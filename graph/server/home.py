"""The files of one server under its home folder, and who holds them.

Two locks, both dropped by the system when their holder ends, however it ends:

- ``up.lock`` is held by whoever starts or stops the server, so that two such calls take turns;
- ``server.json`` is held by the server itself for as long as it lives. A process id in it is only believed
  while that lock is held, so one left by a killed server misleads nobody.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from graph.errors import ServerError
from graph.server.child import ChildState

_PUBLISH_WAIT_S = 10.0
_POLL_S = 0.05


@dataclass(frozen=True)
class StoreRecord:
    """What is remembered between starts: the last server that wrote the store, and its port."""

    version: str
    port: int

    def __post_init__(self) -> None:
        if re.fullmatch(r"\d+(\.\d+)*", self.version) is None or not isinstance(self.port, int):
            raise ValueError(f"got version {self.version!r} and port {self.port!r}")


@dataclass(frozen=True)
class ServerHome:
    """The places in the home folder; making one touches no disk."""

    root: Path

    @property
    def state_path(self) -> Path:
        """Who runs, written and locked by the child."""
        return self.root / "server.json"

    @property
    def log_path(self) -> Path:
        """What the child said during its last run."""
        return self.root / "server.log"

    @property
    def password_path(self) -> Path:
        """The password of user ``neo4j``, readable by the owner only."""
        return self.root / "password"

    @property
    def record_path(self) -> Path:
        """The ``StoreRecord``."""
        return self.root / "store.json"

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for the right to start or stop the server, and hold it; the folder must exist."""
        with (self.root / "up.lock").open("wb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def running(self) -> ChildState | None:
        """Return what the living server says of itself; None when there is none.

        Raises:
            ServerError: a process holds the state file and says nothing readable.
        """
        deadline = time.monotonic() + _PUBLISH_WAIT_S
        while True:
            try:
                with self.state_path.open("rb") as file:
                    try:
                        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
                    except BlockingIOError:
                        content = file.read()
                    else:
                        return None
            except (FileNotFoundError, NotADirectoryError):
                return None
            if content:
                try:
                    return ChildState(**json.loads(content))
                except (ValueError, TypeError):
                    pass  # read between two of its writes
            if time.monotonic() > deadline:
                raise ServerError(
                    f"a process holds {self.state_path} and says neither its id nor its port; "
                    f"find it with: fuser {self.state_path}; stop it, and try again"
                )
            time.sleep(_POLL_S)

    def forget_last_run(self) -> None:
        """Empty the state file; to be called before a start, in one's turn, with no server running."""
        self.state_path.write_bytes(b"")

    def record(self) -> StoreRecord | None:
        """Return what was remembered of the store; None before the first start.

        Raises:
            ServerError: the file cannot be understood.
        """
        try:
            content = self.record_path.read_bytes()
        except FileNotFoundError:
            return None
        try:
            return StoreRecord(**json.loads(content))
        except (ValueError, TypeError) as error:
            raise ServerError(
                f"{self.record_path} holds {content[:80]!r}; expected the version and port of the store ({error}); "
                "if the store was not written by a newer Hopline, delete this file"
            ) from error

    def remember(self, record: StoreRecord) -> None:
        """Replace what is remembered of the store."""
        replace_text(self.record_path, json.dumps(asdict(record)))

    def log_tail(self, lines: int = 25) -> str:
        """Return the last lines of the child's log."""
        try:
            return "\n".join(self.log_path.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
        except FileNotFoundError:
            return "(no log)"


def replace_text(path: Path, text: str) -> None:
    """Write the file whole or not at all, readable by its owner only."""
    pending = path.with_name(path.name + ".pending")
    pending.unlink(missing_ok=True)
    with open(os.open(pending, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    pending.replace(path)
