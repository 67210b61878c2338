"""``hopline serve`` as a program of its own, on a benchmark's server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from graph.database import Database
from hopline.client import Client
from hopline.errors import ServiceError

_PATIENCE_S = 60.0


@contextmanager
def running_service(database: Database, folder: Path) -> Iterator[str]:
    """Give its address; its log is in ``folder``."""
    endpoint = database.endpoint
    environment = os.environ | {
        "NEO4J_URI": endpoint.uri,
        "NEO4J_USERNAME": endpoint.username,
        "NEO4J_PASSWORD": "" if endpoint.password is None else endpoint.password.get_secret_value(),
        "NEO4J_DATABASE": endpoint.database,
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    command = [sys.executable, "-c", "from hopline.cli import main; main()", "serve", "--port", "0", "--json"]
    with (folder / "service.log").open("w") as log:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=log, text=True)
        try:
            assert process.stdout is not None
            told = process.stdout.readline()
            if not told:
                raise AssertionError((folder / "service.log").read_text())
            address = str(json.loads(told)["address"])
            _await_ready(address)
            yield address
        finally:
            process.terminate()
            process.wait(60)
            if process.stdout is not None:
                process.stdout.close()


def _await_ready(address: str) -> None:
    """Wait until the service answers: its address is told before it listens."""
    ends = time.monotonic() + _PATIENCE_S
    with Client(address) as client:
        while True:
            try:
                if client.health().status == "ready":
                    return
            except ServiceError:
                if time.monotonic() > ends:
                    raise
            time.sleep(0.05)
