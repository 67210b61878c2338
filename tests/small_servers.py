"""Embedded servers with settings of Neo4j's that Hopline itself never gives."""

import json
import subprocess
import sys

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
