"""Runs the service: one process or several, until it is told to stop, and none of what was acknowledged is lost."""

from __future__ import annotations

import ipaddress
import os
import signal
import socket
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from threading import Thread

import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import Multiprocess

from graph.database import Database
from hopline.config import Config, read_config, read_connection_settings, read_server_settings
from hopline.errors import ServiceError
from hopline.service.app import make_app
from hopline.service.keys import KeyFile, keys_path
from hopline.service.log import start_log
from hopline.service.state import State

_FILE = "HOPLINE_SERVICE_FILE"
_PARENT = "HOPLINE_SERVICE_PARENT"  # of one of several processes, told by it, as it may be gone before they look
_METRICS = "PROMETHEUS_MULTIPROC_DIR"
_PARENT_LOOKED_AT_S = 0.5
_BACKLOG = 2048  # as uvicorn has it
_KEPT_OPEN_S = 75  # an idle connection; clients close theirs after 5 to 60, and who closes first may meet a request on its way


def run_service(file: Path | None, config: Config, on_bound: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT; ``on_bound`` is told the address once it is taken. ``file`` is where ``config`` is from.

    Raises:
        ServiceError: the address is taken, or others could reach it without a key.
        DatabaseError: Neo4j could not be reached.
    """
    serve = config.serve
    if not _is_loopback(serve.host) and KeyFile(keys_path(serve, config.run_folder)).is_open:
        raise ServiceError(
            f"{serve.host} can be reached from elsewhere, and there are no keys; make one by `hopline keys add NAME --scope "
            "read`, or serve on 127.0.0.1"
        )
    _connect().close()  # what is wrong with the connection is told here, once, and not by each process
    with tempfile.TemporaryDirectory(prefix="hopline-metrics-") as folder, _bind(serve.host, serve.port) as bound:
        host, port = bound.getsockname()[:2]
        on_bound(f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}")
        settings = uvicorn.Config(
            "hopline.service.run:from_environment",
            factory=True,
            loop="uvloop",
            http="httptools",
            workers=serve.workers,
            access_log=False,
            log_config=None,
            server_header=False,
            timeout_keep_alive=_KEPT_OPEN_S,
            timeout_graceful_shutdown=serve.shutdown_s,
        )
        os.environ[_FILE] = "" if file is None else str(file)
        if serve.workers == 1:
            uvicorn.Server(settings).run(sockets=[bound])
        else:
            os.environ |= {_METRICS: folder, _PARENT: str(os.getpid())}
            Multiprocess(settings, sockets=[bound]).run()


def from_environment() -> FastAPI:
    """Return the application of a process that :func:`run_service` started."""
    file = os.environ.get(_FILE)
    config = read_config(Path(file) if file else None)
    start_log()
    if parent := os.environ.get(_PARENT):
        Thread(target=_end_with, args=(int(parent),), name="parent", daemon=True).start()
    return make_app(config, lambda: State(config, _connect()))


def _end_with(parent: int) -> None:
    """Tell this process to stop once another, its parent, is no more: it would keep the port and answer to nobody."""
    while os.getppid() == parent:
        time.sleep(_PARENT_LOOKED_AT_S)
    os.kill(os.getpid(), signal.SIGTERM)


def _connect() -> Database:
    return Database.connect(read_connection_settings(), read_server_settings())


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _bind(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        bound = socket.socket(family, socket.SOCK_STREAM)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
        bound.listen(_BACKLOG)  # who is told the address may ask at once, and is answered when the service has started
    except OSError as error:
        raise ServiceError(
            f"{host} port {port} cannot be listened on ({error}); stop what does, or choose another by [serve] port or --port"
        ) from error
    bound.set_inheritable(True)
    return bound
