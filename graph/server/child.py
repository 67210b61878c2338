"""The process that is the embedded server: Neo4j inside this Python, on a Java that JPype starts.

``graph.server.lifecycle`` starts it as ``python -m graph.server.child`` and writes one ``ChildConfig`` as
JSON to its standard input. While the process lives it holds the lock on its state file, which is how others
know that it runs: the system drops the lock with the process, however that ends. It never sees a password.

SIGTERM, SIGINT and SIGHUP stop it cleanly at any time. One that comes during the start is kept until the
start is over, because a few seconds are worth less than a store that is whole.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import sys
import time
import traceback
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

_STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_LOCK_WAIT_S = 2.0
_OPENED_PACKAGES = ("java.nio", "java.io", "sun.nio.ch")
# A server that meets a setting it does not know refuses to start.
_SETTINGS_OF_5 = {"internal.dbms.bolt.netty_server_shutdown_quiet_period": "0"}
_SETTINGS_OF_CALENDAR_VERSIONS = {
    "internal.dbms.bolt.netty_server_shutdown_quiet_period_duration": "0s",
    "server.fleet_discovery.enabled": "false",
    "internal.dbms.index.vector.post_population_compaction": "FULL",
}
_INDEX_BUFFER_SHARE = 0.25
_DATABASE = "neo4j"  # the one there is; Community has no others


@dataclass(frozen=True)
class ChildConfig:
    """What the child needs to start; all of it may be read by anyone."""

    home: str
    state_path: str
    libjvm: str
    class_path: tuple[str, ...]
    version: str
    port: int
    heap_mb: int
    page_cache_mb: int

    def neo4j_settings(self) -> dict[str, str]:
        """Neo4j's settings, by their documented names.

        A desktop is meant: loopback only, nothing sent or broadcast, small transaction logs, and a stop that
        does not wait for clients that have gone. A vector index is built as one graph, or merged to one: left to itself Neo4j
        makes one of every few thousand vectors, and a search looks into all of them.
        """
        address = f"127.0.0.1:{self.port}"
        return {
            "dbms.security.auth_enabled": "true",
            "server.bolt.enabled": "true",
            "server.bolt.listen_address": address,
            "server.bolt.advertised_address": address,
            "dbms.usage_report.enabled": "false",
            "server.memory.pagecache.size": f"{self.page_cache_mb}m",
            "db.tx_log.preallocate": "false",
            "db.tx_log.rotation.size": "32m",
            "db.tx_log.rotation.retention_policy": "64M size",
            "db.logs.query.enabled": "OFF",
            "internal.dbms.index.vector.population_ram_buffer_size": str(round(_INDEX_BUFFER_SHARE * self.heap_mb)),
            **(_SETTINGS_OF_5 if self.version.startswith("5.") else _SETTINGS_OF_CALENDAR_VERSIONS),
        }

    def jvm_flags(self) -> list[str]:
        """Return the flags for Java; ``-Xrs`` leaves the signals to this process."""
        return [
            "-Xrs",
            f"-Xmx{self.heap_mb}m",
            "--enable-native-access=ALL-UNNAMED",
            *(f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in _OPENED_PACKAGES),
        ]


@dataclass(frozen=True)
class ChildState:
    """What the child says of itself in the state file it holds locked."""

    pid: int
    port: int
    version: str
    started_at: str
    ready: bool


def main() -> None:
    """Read the configuration from standard input, take the lock, leave the caller's process group, and serve.

    Exits with 1 when another server holds the lock, or when the start fails; standard error says why.
    """
    config = ChildConfig(**json.load(sys.stdin))
    state_file = os.open(config.state_path, os.O_RDWR | os.O_CREAT, 0o600)
    if not _take_lock(state_file):
        sys.exit(f"another process holds {config.state_path}; find it with: fuser {config.state_path}")
    if os.fork() != 0:
        os._exit(0)  # the lock lives on in the fork, which nobody has to wait for
    os.setsid()
    try:
        serve(config, state_file)
    except Exception as error:  # noqa: BLE001 - whatever it is, the process must end and the log must say why
        traceback.print_exc()
        _print_java_causes(error)
        sys.stderr.flush()
        os._exit(1)


def serve(config: ChildConfig, state_file: int) -> None:
    """Start Neo4j, say so in the state file, wait for a stop signal, stop, and end the process."""
    signal.pthread_sigmask(signal.SIG_BLOCK, _STOP_SIGNALS)  # before Java starts: its threads inherit the mask
    started_at = datetime.now(timezone.utc).isoformat(timespec="seconds")
    state = ChildState(os.getpid(), config.port, config.version, started_at, ready=False)
    _publish(state_file, state)

    import jpype  # noqa: PLC0415 - after the fork, which must not split a process with threads

    jpype.startJVM(*config.jvm_flags(), jvmpath=config.libjvm, classpath=list(config.class_path))
    to_path = jpype.JClass("java.nio.file.Path").of
    builder = jpype.JClass("org.neo4j.dbms.api.DatabaseManagementServiceBuilder")(to_path(config.home))
    server = builder.loadPropertiesFromFile(to_path(str(_write_settings(config)))).build()
    can_tell_changes = _register_procedures(server)
    _publish(state_file, replace(state, ready=True))
    if can_tell_changes:
        _rehearse(server)
    signal.sigwait(_STOP_SIGNALS)
    server.shutdown()
    os.ftruncate(state_file, 0)
    os._exit(0)  # the store is closed; Java threads that linger must not keep the process


def _register_procedures(server: Any) -> bool:
    """Register what clients may call, and tell whether: without the log's classes, as in another version, all is read whole."""
    from graph.server.journal import register_changes  # noqa: PLC0415 - it imports jpype

    try:
        register_changes(server)
    except (AttributeError, TypeError) as error:  # JPype's words for a class or method that is not there
        print(f"this server cannot tell what changed: {error}", file=sys.stderr)
        return False
    return True


def _rehearse(server: Any) -> None:
    """Have Java make ready what the first synchronisation would wait for; whoever connects meanwhile is answered."""
    from graph.server.journal import rehearse  # noqa: PLC0415 - it imports jpype

    try:
        rehearse(server, _DATABASE)
    except Exception as error:  # noqa: BLE001 - whatever it is, the first call will tell
        print(f"what tells changes was not made ready: {error}", file=sys.stderr)


def _take_lock(state_file: int) -> bool:
    """Take the lock and return True; those who only ask whether a server runs hold it for an instant."""
    deadline = time.monotonic() + _LOCK_WAIT_S
    while True:
        try:
            fcntl.flock(state_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.01)
        else:
            return True


def _print_java_causes(error: Any) -> None:
    """Print the chain of causes of a Java exception, the root last, so that the end of the log names it."""
    cause = error if hasattr(error, "getCause") else None
    while cause is not None:
        print(f"caused by: {cause.toString()}", file=sys.stderr)
        cause = cause.getCause()


def _write_settings(config: ChildConfig) -> Path:
    path = Path(config.home, "neo4j.conf")
    lines = [f"{name}={value}" for name, value in config.neo4j_settings().items()]
    path.write_text("\n".join(["# Written anew at every start.", *lines, ""]), encoding="utf-8")
    return path


def _publish(state_file: int, state: ChildState) -> None:
    os.ftruncate(state_file, 0)
    os.pwrite(state_file, json.dumps(asdict(state)).encode(), 0)


if __name__ == "__main__":
    main()
