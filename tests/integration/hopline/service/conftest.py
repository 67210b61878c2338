"""A service over a small graph with a release whose answers are known, asked in this process or as a program of its own."""

import pytest
from starlette.testclient import TestClient

from graph.database import Database
from graph.publish import publish
from graph.settings import ConnectionSettings
from hopline.config import Config
from hopline.service.app import make_app
from hopline.service.state import State
from tests.small_releases import SCHEMA, make_draft, write_graph

MET = [("u1", "i2"), ("u1", "i3")]


@pytest.fixture
def draft(database):
    """What is published: eight users, forty items, popular ones in the order of their numbers."""
    draft = make_draft()
    write_graph(database, draft, MET)
    publish(database, SCHEMA, draft)
    return draft


@pytest.fixture
def serving(database, server_settings, tmp_path, monkeypatch):
    """Start a service in this process with the given keys of ``[serve]``, and ``[ask]``; return its client."""
    monkeypatch.delenv("NEO4J_URI", raising=False)
    monkeypatch.chdir(tmp_path)
    clients = []

    def start(ask=None, **serve):
        config = Config(run_folder=tmp_path / "run", serve=serve, ask=ask or {})
        connection = ConnectionSettings(uri=None, database="neo4j")
        app = make_app(config, lambda: State(config, Database.connect(connection, server_settings)))
        client = TestClient(app, raise_server_exceptions=False)
        client.__enter__()
        clients.append(client)
        return client

    yield start
    for client in clients:
        client.__exit__(None, None, None)


@pytest.fixture
def client(draft, serving):
    """A service that anybody may ask."""
    return serving()
