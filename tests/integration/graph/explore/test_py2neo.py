"""A Subgraph holds what was found, equals what py2neo reads itself, and merges back without a trace."""

import os
import subprocess
import sys

import pytest

from tests.small_releases import rows

pytestmark = pytest.mark.integration

# In a process of its own, as py2neo leaves its sockets open to the end of one.
READ_AND_MERGE = """
import py2neo
from py2neo.matching import NodeMatcher
from graph.database import Database
from graph.explore import Explorer
from graph.settings import ConnectionSettings, ServerSettings
from tests.small_tables import SCHEMA

with Database.connect(ConnectionSettings(uri=None), ServerSettings()) as database:
    subgraph = Explorer(database, SCHEMA).neighbourhood("Item", "i7", depth=2, limit=5).subgraph()
    end = database.endpoint
graph = py2neo.Graph(end.uri, auth=(end.username, end.password.get_secret_value()))
for node in subgraph.nodes:
    (read,) = NodeMatcher(graph).match(*node.labels, id=node["id"])
    assert (set(read.labels), dict(read)) == (set(node.labels), dict(node)), (read, node)
graph.merge(subgraph)
print(len(subgraph.nodes), "nodes the same")
"""


def test_it_has_the_nodes_and_relationships_that_were_found(explorer):
    found = explorer.neighbourhood("Item", "i7", limit=1000)
    subgraph = found.subgraph()
    assert len(subgraph.nodes) == len(found.nodes)
    assert len(subgraph.relationships) == len(found.relationships)
    assert subgraph.labels() == {label for node in found.nodes for label in node.labels}
    assert subgraph.types() == {one.type for one in found.relationships}
    titles = {node["id"]: node["title"] for node in subgraph.nodes if node.has_label("Item")}
    assert titles["i7"] == found.centre.title


def test_it_equals_what_py2neo_reads_itself_and_merging_it_back_changes_nothing(
    explorer, database, server_settings, pytestconfig
):
    count = "MATCH (n) OPTIONAL MATCH (n)-[r]->() RETURN count(DISTINCT n) AS nodes, count(r) AS relationships"
    before = rows(database, count)
    ended = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", READ_AND_MERGE],
        capture_output=True,
        text=True,
        env=os.environ | {"HOPLINE_HOME": str(server_settings.home)},
        cwd=pytestconfig.rootpath,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.endswith("nodes the same\n")
    assert rows(database, count) == before
