"""``hopline serve`` as a program of its own, on a benchmark's server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from graph.database import Database
from hopline.client import Client

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
            with Client(address, timeout_s=_PATIENCE_S) as client:
                client.health()
            yield address
        finally:
            process.terminate()
            process.wait(60)
            if process.stdout is not None:
                process.stdout.close()
