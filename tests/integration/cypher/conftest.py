"""A plain session of the driver, as a person in cypher-shell has one."""

import neo4j
import pytest


@pytest.fixture(scope="session")
def driver(server):
    auth = (server.username, server.password.get_secret_value())
    with neo4j.GraphDatabase.driver(server.uri, auth=auth, notifications_min_severity="OFF") as driver:
        yield driver


@pytest.fixture(scope="session")
def session(driver):
    with driver.session(database="neo4j") as session:
        yield session
