"""One embedded Neo4j for the whole run, and an empty database on it for each test that asks."""

from collections.abc import Iterator

import neo4j
import pytest
from hypothesis import HealthCheck, settings

from cypher import escape
from graph.database import Database
from graph.server.lifecycle import RunningServer, down, up
from graph.settings import ConnectionSettings, ServerSettings

# How long a machine takes that does other things too is no property of what is tested.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")


@pytest.fixture(scope="session")
def server_settings(tmp_path_factory: pytest.TempPathFactory) -> ServerSettings:
    """A fresh home for this run; the cache is the user's, or ``HOPLINE_CACHE``."""
    return ServerSettings(home=tmp_path_factory.mktemp("hopline-home"), port=0, heap_mb=768)


@pytest.fixture(scope="session")
def server(server_settings: ServerSettings) -> Iterator[RunningServer]:
    """The server of this run, started by the first test that needs it and stopped at the end."""
    yield up(server_settings)
    down(server_settings)


@pytest.fixture(scope="session")
def connected_database(server: RunningServer, server_settings: ServerSettings) -> Iterator[Database]:
    """The run's one connection, to whatever the tests before left; take ``database`` instead."""
    with Database.connect(ConnectionSettings(uri=None, database="neo4j"), server_settings) as database:
        yield database


@pytest.fixture
def database(connected_database: Database, server: RunningServer) -> Database:
    """An empty database: no nodes, no indexes, no constraints."""
    auth = (server.username, server.password.get_secret_value())
    with (
        neo4j.GraphDatabase.driver(server.uri, auth=auth, notifications_min_severity="OFF") as driver,
        driver.session() as session,
    ):
        for record in session.run("SHOW CONSTRAINTS YIELD name").fetch(10_000):
            session.run(f"DROP CONSTRAINT {escape(record['name'])}").consume()
        for record in session.run("SHOW INDEXES YIELD name, type WHERE type <> 'LOOKUP'").fetch(10_000):
            session.run(f"DROP INDEX {escape(record['name'])}").consume()
        session.run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 20000 ROWS").consume()
    return connected_database


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item):
    """Point a failed test that used the server at its log, which pytest keeps in its temporary folder."""
    report = yield
    running = getattr(item, "funcargs", {}).get("server")
    if report.failed and isinstance(running, RunningServer):
        report.sections.append(("Neo4j", f"log: {running.log_path}, and {running.home / 'logs' / 'debug.log'}"))
    return report
