"""The connection to Neo4j: runs the statements of the catalogue, and says in Hopline's words what went wrong.

Values travel as parameters only. Names become text in ``Statement.render`` only. Nothing here holds, logs
or shows a password other than inside a ``SecretStr``.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

import neo4j
from neo4j.exceptions import DriverError, Neo4jError

from cypher import Access, HoplineError, Names, Statement, load
from graph.endpoint import Endpoint, locate
from graph.errors import DatabaseError, DatabaseGoneError
from graph.prepare import prepare
from graph.question import Question, Row
from graph.refusals import translated
from graph.retry import pauses_s
from graph.server.jars import Progress
from graph.settings import ConnectionSettings, ServerSettings

T = TypeVar("T")
Run = Callable[[Statement, Mapping[str, Any], Names], list[Row]]
"""Runs a statement that reads or writes, in the transaction that is open, and returns its rows."""

_CONNECTION_TIMEOUT_S = 10.0
_HANDSHAKE_TIMEOUT_S = 30.0
_RETRY_TIME_S = 15.0
_FIRST_WITH_SEARCH = (2026, 1)


class Database:
    """One database of a server, open until ``close``; safe to share between threads.

    Each statement runs in a transaction of its own; none is held open across calls.
    """

    def __init__(self, driver: neo4j.Driver, endpoint: Endpoint) -> None:
        self._driver = driver
        self._planned: set[str] = set()
        self.endpoint = endpoint
        version = str(self.read(load("admin/read_server_version"))[0]["version"])
        self.version = tuple(map(int, re.findall(r"\d+", version)))

    @classmethod
    def connect(cls, connection: ConnectionSettings, server: ServerSettings, progress: Progress | None = None) -> Database:
        """Connect to the database of the settings and check that it answers.

        Raises:
            ServerError: the embedded server could not be installed or started.
            AuthenticationError: the user or password was refused.
            DatabaseError: nothing answers there, or the address cannot be understood.
        """
        endpoint = locate(connection, server, progress)
        try:
            driver = neo4j.GraphDatabase.driver(
                endpoint.uri,
                auth=endpoint.auth,
                connection_timeout=_CONNECTION_TIMEOUT_S,
                connection_acquisition_timeout=_HANDSHAKE_TIMEOUT_S,
                max_transaction_retry_time=_RETRY_TIME_S,
                notifications_min_severity="OFF",
            )
        except (DriverError, ValueError) as error:
            raise DatabaseError(
                f"{endpoint.prefix}URI is {endpoint.uri!r}; expected an address such as bolt://localhost:7687 ({error})"
            ) from error
        try:
            with translated(endpoint):
                driver.verify_connectivity()
            return cls(driver, endpoint)
        except DatabaseGoneError as error:
            driver.close()
            raise DatabaseError(
                f"nothing answers at {endpoint.uri} ({error.__cause__}); start it, or check {endpoint.prefix}URI"
            ) from error
        except BaseException:
            driver.close()
            raise

    @property
    def supports_search(self) -> bool:
        """Whether the server has Cypher 25's ``SEARCH``; if not, it has ``db.index.vector.queryNodes``."""
        return self.version >= _FIRST_WITH_SEARCH

    @property
    def takes_vectors(self) -> bool:
        """Whether the server takes a vector as a parameter, packed as its bytes; if not, it takes lists of floats."""
        return self.version >= _FIRST_WITH_SEARCH

    def read(
        self,
        statement: Statement,
        params: Mapping[str, Any] | None = None,
        identifiers: Names | None = None,
    ) -> list[Row]:
        """Return the rows of a statement that reads, retried while its failure is a passing one.

        Raises:
            StatementError: it is not a read, or declares other parameters or identifiers.
            DatabaseError: Neo4j refused it, or was lost (``DatabaseGoneError``).
        """
        text, values = prepare(statement, Access.READ, params, identifiers)
        pauses = pauses_s(_RETRY_TIME_S)
        with translated(self.endpoint, f"while running {statement.name}"):
            while True:
                # Committed by the server at its end: a statement in a transaction of the driver's takes two round trips.
                try:
                    with self._session(neo4j.READ_ACCESS) as session:
                        return [dict(record) for record in session.run(text, values)]
                except (DriverError, Neo4jError) as error:
                    pause = next(pauses, None) if error.is_retryable() else None
                    if pause is None:
                        raise
                time.sleep(pause)

    def plan(self, statement: Statement, params: Mapping[str, Any], identifiers: Names | None = None) -> None:
        """Have the server plan a statement that reads, unless it was told to before: run it with params that give nothing.

        The first time that a server is given a statement, planning it takes longer than most answers: tens of milliseconds.

        Raises:
            StatementError: it is not a read, or declares other parameters or identifiers.
            DatabaseError: Neo4j refused it, or was lost (``DatabaseGoneError``).
        """
        text = statement.render(identifiers)
        if text not in self._planned:
            self._planned.add(text)
            self.read(statement, params, identifiers)

    def answer(self, question: Question[T]) -> T:
        """Return the answer of a question, reading for it what it asks for.

        Raises:
            DatabaseError: Neo4j refused, or was lost (``DatabaseGoneError``).
            HoplineError: whatever else the question fails at.
        """
        try:
            read = next(question)
            while True:
                try:
                    rows = self.read(read.statement, read.params, read.identifiers)
                except HoplineError as error:
                    read = question.throw(error)
                else:
                    read = question.send(rows)
        except StopIteration as ended:
            found: T = ended.value
            return found

    def write(
        self,
        statement: Statement,
        params: Mapping[str, Any] | None = None,
        identifiers: Names | None = None,
    ) -> list[Row]:
        """Run a statement that writes, wholly or not at all, and return its rows.

        It is retried while its failure is a passing one. A connection lost during the commit leaves it
        unknown whether it took effect, and the retry runs it again: twice must be the same as once.

        Raises:
            StatementError: it is not a write, or declares other parameters or identifiers.
            DatabaseError: Neo4j refused it, or was lost (``DatabaseGoneError``).
        """
        text, values = prepare(statement, Access.WRITE, params, identifiers)
        with translated(self.endpoint, f"while running {statement.name}"), self._session(neo4j.WRITE_ACCESS) as session:
            return session.execute_write(_rows, text, values)

    def transaction(self, work: Callable[[Run], T], doing: str) -> T:
        """Run several statements of reading and writing as one, wholly or not at all, and return what ``work`` does.

        ``work`` is called again while a failure is a passing one, as for :meth:`write`: all that it does must go through its
        ``run``, and what it did may have taken effect. ``doing`` says in messages what went on.

        Raises:
            StatementError: a statement changes the schema, or declares other parameters or identifiers.
            DatabaseError: Neo4j refused one, or was lost (``DatabaseGoneError``).
        """

        def all_of_it(transaction: neo4j.ManagedTransaction) -> T:
            def run(statement: Statement, params: Mapping[str, Any], identifiers: Names) -> list[Row]:
                access = Access.READ if statement.access is Access.READ else Access.WRITE
                text, values = prepare(statement, access, params, identifiers)
                return _rows(transaction, text, values)

            return work(run)

        with translated(self.endpoint, doing), self._session(neo4j.WRITE_ACCESS) as session:
            return session.execute_write(all_of_it)

    def schema(
        self,
        statement: Statement,
        params: Mapping[str, Any] | None = None,
        identifiers: Names | None = None,
    ) -> list[Row]:
        """Run a statement on indexes or constraints and return its rows.

        It is retried like a write, as two that run at the same time may be in each other's way; all of the catalogue's
        say ``IF EXISTS`` or ``IF NOT EXISTS``.

        Raises:
            StatementError: it is not for the schema, or declares other parameters or identifiers.
            DatabaseError: Neo4j refused it, or was lost (``DatabaseGoneError``).
        """
        text, values = prepare(statement, Access.SCHEMA, params, identifiers)
        with translated(self.endpoint, f"while running {statement.name}"), self._session(neo4j.WRITE_ACCESS) as session:
            return session.execute_write(_rows, text, values)

    def attempt(
        self,
        statement: Statement,
        params: Mapping[str, Any] | None = None,
        identifiers: Names | None = None,
    ) -> None:
        """Run a statement that writes or changes the schema, and take it back, to see whether it is let through.

        Raises:
            StatementError: it declares other parameters or identifiers.
            AccessDeniedError: the user may not do this.
            DatabaseError: Neo4j refused it for another reason, or was lost (``DatabaseGoneError``).
        """
        text, values = prepare(statement, statement.access, params, identifiers)
        with (
            translated(self.endpoint, f"while running {statement.name}"),
            self._session(neo4j.WRITE_ACCESS) as session,
            session.begin_transaction() as transaction,
        ):
            transaction.run(text, values).consume()
            transaction.rollback()

    def stream(self, text: str, params: Mapping[str, Any], rows_a_batch: int) -> Iterator[list[Row]]:
        """Yield the rows of a statement that a person wrote, some at a time, in one transaction that may not write.

        It is not run again when it fails. Values are parameters, as everywhere.

        Raises:
            DatabaseError: Neo4j refused it, as when it writes, or was lost (``DatabaseGoneError``).
        """
        statement: Any = text
        with translated(self.endpoint, "while running the query"), self._session(neo4j.READ_ACCESS) as session:
            result = session.run(statement, dict(params))
            while rows := [dict(record) for record in result.fetch(rows_a_batch)]:
                yield rows

    def close(self) -> None:
        """Close the connections; the server, embedded or not, goes on."""
        self._driver.close()

    def __enter__(self) -> Database:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Database({self.endpoint.uri!r}, {self.endpoint.database!r}, version={self.version})"

    def _session(self, access: str) -> neo4j.Session:
        return self._driver.session(database=self.endpoint.database, default_access_mode=access)


def _rows(transaction: neo4j.ManagedTransaction, text: Any, values: dict[str, Any]) -> list[Row]:
    return [dict(record) for record in transaction.run(text, values)]
