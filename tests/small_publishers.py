"""Publishers in processes of their own, which stop or die at a statement of their publish."""

import multiprocessing
import os
import signal
from contextlib import contextmanager

import neo4j

from graph.database import Database
from graph.publish import publish
from tests.small_releases import SCHEMA

_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(["graph.publish", "tests.small_releases"])


def start_publisher(database, draft, statement, number=signal.SIGKILL, after=False):
    """Start a process that publishes a draft and sends itself a signal before, or ``after``, it first runs a statement."""
    arguments = (database.endpoint, draft, statement, number, after)
    process = _PROCESSES.Process(target=_publish, args=arguments, daemon=True)
    process.start()
    return process


@contextmanager
def told_of_statements(before=lambda _name: None, after=lambda _name: None):
    """Tell of each statement that any database of this process runs, before it does and once it has."""
    plain = {name: getattr(Database, name) for name in ("read", "write", "schema")}

    def telling(run):
        def call(self, statement, *arguments):
            before(statement.name)
            rows = run(self, statement, *arguments)
            after(statement.name)
            return rows

        return call

    for name, run in plain.items():
        setattr(Database, name, telling(run))
    try:
        yield
    finally:
        for name, run in plain.items():
            setattr(Database, name, run)


def _publish(endpoint, draft, statement, number, after):
    auth = (endpoint.username, endpoint.password.get_secret_value())
    signalled = []

    def signal_once(name):
        if name == statement and not signalled:
            signalled.append(name)
            os.kill(os.getpid(), number)

    with neo4j.GraphDatabase.driver(endpoint.uri, auth=auth, notifications_min_severity="OFF") as driver:
        told = {"after": signal_once} if after else {"before": signal_once}
        with told_of_statements(**told):
            publish(Database(driver, endpoint), SCHEMA, draft)
