"""Start, find and stop the embedded server: ``up``, ``down``, ``status``."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import SecretStr

import graph
from graph.errors import ServerError
from graph.server.child import ChildConfig, ChildState
from graph.server.credentials import USERNAME, ensure_password
from graph.server.disk import FreeBytes, free_bytes, require_free
from graph.server.home import ServerHome, StoreRecord
from graph.server.jars import Progress, install
from graph.server.java import find_libjvm
from graph.server.lockfile import read_lock
from graph.settings import ServerSettings

STORE_MIB = 300
_STOP_TIMEOUT_S = 60.0
_DYING_TIMEOUT_S = 5.0
_POLL_S = 0.1


@dataclass(frozen=True)
class RunningServer:
    """A server that answers, and what a driver needs to talk to it."""

    uri: str
    username: str
    password: SecretStr
    pid: int
    version: str
    home: Path
    log_path: Path
    started_at: str


@dataclass(frozen=True)
class ServerStatus:
    """What a home folder tells of its server; the fields after ``log_path`` are None when it is down."""

    running: bool
    home: Path
    log_path: Path
    pid: int | None = None
    uri: str | None = None
    version: str | None = None
    started_at: str | None = None


def up(settings: ServerSettings, progress: Progress | None = None, measure: FreeBytes = free_bytes) -> RunningServer:
    """Return the running server of ``settings.home``, after starting it if there is none.

    The server goes on when the caller ends; ``down`` stops it. Calls at the same time take turns: one starts
    it, the others find it. ``progress`` is told of the jars that are downloaded.

    Raises:
        ServerError: it cannot be installed or started; the message names the cause and the end of the log.
        AuthenticationError: the password file is not the one of this store.
    """
    home = ServerHome(settings.home.expanduser().absolute())
    require_free(home.root, 0, "the server's home", "HOPLINE_HOME", measure)
    with home.turn():
        found = home.running()
        if found is not None and settings.port not in {0, found.port}:
            raise ServerError(
                f"the server of {home.root} runs on port {found.port}, HOPLINE_PORT is {settings.port}; "
                "stop it first with 'hopline down', or unset HOPLINE_PORT"
            )
        try:
            state, password = _reach(found or _start(settings, home, progress, measure), home, settings)
        except ServerError:
            # A server that was killed holds its lock until its memory is given back: it was found, but dying.
            if found is None or not _has_ended(home, _DYING_TIMEOUT_S):
                raise
            state, password = _reach(_start(settings, home, progress, measure), home, settings)
    return RunningServer(_uri(state), USERNAME, password, state.pid, state.version, home.root, home.log_path, state.started_at)


def down(settings: ServerSettings) -> bool:
    """Stop the server of ``settings.home`` and return True, or return False if none runs; its data stays."""
    home = ServerHome(settings.home.expanduser().absolute())
    if not home.root.is_dir():
        return False
    with home.turn():
        state = home.running()
        if state is None:
            return False
        _end(state.pid, signal.SIGTERM)
        if not _has_ended(home, _STOP_TIMEOUT_S):
            _end(state.pid, signal.SIGKILL)  # what was committed is in the transaction log
            _has_ended(home, _STOP_TIMEOUT_S)
    return True


def status(settings: ServerSettings) -> ServerStatus:
    """Say whether the server of ``settings.home`` runs; starts and writes nothing."""
    home = ServerHome(settings.home.expanduser().absolute())
    state = home.running()
    if state is None:
        return ServerStatus(running=False, home=home.root, log_path=home.log_path)
    return ServerStatus(True, home.root, home.log_path, state.pid, _uri(state), state.version, state.started_at)


def _uri(state: ChildState) -> str:
    return f"bolt://127.0.0.1:{state.port}"


def _reach(state: ChildState, home: ServerHome, settings: ServerSettings) -> tuple[ChildState, SecretStr]:
    state = _wait_until_ready(state, home, settings.start_timeout_s)
    return state, ensure_password(home, _uri(state))


def _start(settings: ServerSettings, home: ServerHome, progress: Progress | None, measure: FreeBytes) -> ChildState:
    jars = read_lock(settings.neo4j_version)
    record = home.record()
    if record is not None and _parts(record.version) > _parts(settings.neo4j_version):
        raise ServerError(
            f"the store in {home.root} was written by Neo4j {record.version}; {settings.neo4j_version} is older "
            "and cannot open it: upgrade hopline, or set HOPLINE_HOME to another folder"
        )
    libjvm = find_libjvm(settings.neo4j_version, settings.java_home)
    port = _choose_port(settings.port, record.port if record else 0)
    require_free(home.root, STORE_MIB, "the server's store", "HOPLINE_HOME", measure)
    paths = install(jars, settings.cache.expanduser().absolute(), progress, measure=measure)
    home.remember(StoreRecord(settings.neo4j_version, port))
    home.forget_last_run()
    config = ChildConfig(
        home=str(home.root),
        state_path=str(home.state_path),
        libjvm=str(libjvm),
        class_path=tuple(map(str, paths)),
        version=settings.neo4j_version,
        port=port,
        heap_mb=settings.heap_mb,
        page_cache_mb=settings.page_cache_mb,
    )
    package_root = str(Path(graph.__file__).parent.parent)
    python_path = os.pathsep.join(filter(None, [package_root, os.environ.get("PYTHONPATH")]))
    with home.log_path.open("wb") as log:
        subprocess.run(
            [sys.executable, "-m", "graph.server.child"],
            input=json.dumps(asdict(config)).encode(),
            stdout=log,
            stderr=log,
            cwd=home.root,
            env={**os.environ, "PYTHONPATH": python_path},
            check=False,
        )
    state = home.running()
    if state is None:
        raise _start_error(home, "ended at once")
    return state


def _wait_until_ready(state: ChildState, home: ServerHome, timeout_s: float) -> ChildState:
    deadline = time.monotonic() + timeout_s
    current: ChildState | None = state
    try:
        while current is not None and not current.ready:
            if time.monotonic() > deadline:
                _end(state.pid, signal.SIGKILL)
                _has_ended(home, _STOP_TIMEOUT_S)
                raise _start_error(home, f"was not ready after {timeout_s:g} s (HOPLINE_START_TIMEOUT_S) and was stopped")
            time.sleep(_POLL_S)
            current = home.running()
    except KeyboardInterrupt:
        _end(state.pid, signal.SIGTERM)
        raise
    if current is None:
        raise _start_error(home, "ended while it started")
    return current


def _start_error(home: ServerHome, what: str) -> ServerError:
    return ServerError(
        f"the embedded Neo4j {what}; its log {home.log_path} ends with:\n{home.log_tail()}\n"
        f"More may be in {home.root / 'logs' / 'debug.log'}."
    )


def _choose_port(asked: int, last: int) -> int:
    """Return the port asked for, else the one of the last start if it is free, else any free one."""
    if asked:
        if problem := _bind_problem(asked):
            raise ServerError(
                f"HOPLINE_PORT is {asked}, a port that cannot be used, as another program may have taken it "
                f"({problem}); set HOPLINE_PORT to another, or to 0 for any"
            )
        return asked
    if last and not _bind_problem(last):
        return last
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _bind_problem(port: int) -> OSError | None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            return error
    return None


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _end(pid: int, how: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, how)


def _has_ended(home: ServerHome, timeout_s: float) -> bool:
    deadline = time.monotonic() + timeout_s
    while home.running() is not None:
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL_S)
    return True
