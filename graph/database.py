"""The connection to Neo4j: runs the statements of the catalogue, and says in Hopline's words what went wrong.

Values travel as parameters only. Names become text in ``Statement.render`` only. Nothing here holds, logs
or shows a password other than inside a ``SecretStr``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import neo4j
from neo4j.exceptions import AuthError, DriverError, Neo4jError, ServiceUnavailable, SessionExpired
from pydantic import SecretStr

from cypher import Access, Names, Statement, StatementError, load
from graph.address import check_address
from graph.errors import AccessDeniedError, AuthenticationError, ConstraintError, DatabaseError, DatabaseGoneError
from graph.server.credentials import RATE_LIMIT_S, is_rate_limit
from graph.server.jars import Progress
from graph.server.lifecycle import up
from graph.settings import ConnectionSettings, ServerSettings

T = TypeVar("T")
Row = dict[str, Any]
Run = Callable[[Statement, Mapping[str, Any], Names], list[Row]]
"""Runs a statement that reads or writes, in the transaction that is open, and returns its rows."""

_CONNECTION_TIMEOUT_S = 10.0
_HANDSHAKE_TIMEOUT_S = 30.0
_RETRY_TIME_S = 15.0
_NO_SUCH_DATABASE = "Neo.ClientError.Database.DatabaseNotFound"
_AGAINST_CONSTRAINT = "Neo.ClientError.Schema.ConstraintValidationFailed"
_FIRST_WITH_SEARCH = (2026, 1)
_CANNOT_WRITE = "Neo.DatabaseError.Transaction.TransactionLogError"
_STOPPED = "needs to be restarted"  # in the message of every statement after it
_READ_ONLY = ("the database is read-only", "let it be written to, or name another in {prefix}DATABASE")
_NO_RIGHT = {
    "Neo.ClientError.Security.Forbidden": (
        "it lacks the privilege",
        "give it the right, or name another user in {prefix}USERNAME",
    ),
    "Neo.ClientError.General.ForbiddenOnReadOnlyDatabase": _READ_ONLY,
    "Neo.ClientError.General.WriteOnReadOnlyAccessDatabase": _READ_ONLY,
    "Neo.ClientError.Security.CredentialsExpired": (
        "its password must be changed first",
        "change it in the database system, by ALTER CURRENT USER SET PASSWORD FROM 'old' TO 'new', and set {prefix}PASSWORD to "
        "the new one",
    ),
}
"""What a refusal for want of a right means, and what to do, by Neo4j's code; ``prefix`` is that of the variables to set."""


@dataclass(frozen=True)
class Endpoint:
    """Where a database is and who asks; ``password`` is None for a server without authentication.

    ``prefix`` is that of the environment's variables that said so, to be named in messages.
    """

    uri: str
    username: str
    password: SecretStr | None
    database: str
    prefix: str = "NEO4J_"


def locate(connection: ConnectionSettings, server: ServerSettings, progress: Progress | None = None) -> Endpoint:
    """Return the endpoint that ``NEO4J_URI`` names; without one, the embedded server's, started if need be.

    The embedded server has a user and password of its own: ``NEO4J_USERNAME`` and ``NEO4J_PASSWORD`` are then
    unused.

    Raises:
        DatabaseError: it is not an address of a Neo4j server.
        ServerError: the embedded server could not be installed or started.
    """
    if connection.uri is not None:
        prefix = str(connection.model_config.get("env_prefix"))
        check_address(connection.uri, f"{prefix}URI")
        return Endpoint(connection.uri, connection.username, connection.password, connection.database, prefix)
    running = up(server, progress)
    return Endpoint(running.uri, running.username, running.password, connection.database)


class Database:
    """One database of a server, open until ``close``; safe to share between threads.

    Each statement runs in a transaction of its own; none is held open across calls.
    """

    def __init__(self, driver: neo4j.Driver, endpoint: Endpoint) -> None:
        self._driver = driver
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
        auth = (endpoint.username, endpoint.password.get_secret_value()) if endpoint.password else None
        try:
            driver = neo4j.GraphDatabase.driver(
                endpoint.uri,
                auth=auth,
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
            with _translated(endpoint):
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
        text, values = _prepare(statement, Access.READ, params, identifiers)
        with _translated(self.endpoint, f"while running {statement.name}"), self._session(neo4j.READ_ACCESS) as session:
            return session.execute_read(_rows, text, values)

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
        text, values = _prepare(statement, Access.WRITE, params, identifiers)
        with _translated(self.endpoint, f"while running {statement.name}"), self._session(neo4j.WRITE_ACCESS) as session:
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
                text, values = _prepare(statement, access, params, identifiers)
                return _rows(transaction, text, values)

            return work(run)

        with _translated(self.endpoint, doing), self._session(neo4j.WRITE_ACCESS) as session:
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
        text, values = _prepare(statement, Access.SCHEMA, params, identifiers)
        with _translated(self.endpoint, f"while running {statement.name}"), self._session(neo4j.WRITE_ACCESS) as session:
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
        text, values = _prepare(statement, statement.access, params, identifiers)
        with (
            _translated(self.endpoint, f"while running {statement.name}"),
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
        with _translated(self.endpoint, "while running the query"), self._session(neo4j.READ_ACCESS) as session:
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


def _first_line(message: str | None) -> str:
    return (message or "").strip().partition("\n")[0].rstrip(".")


def _rows(transaction: neo4j.ManagedTransaction, text: Any, values: dict[str, Any]) -> list[Row]:
    return [dict(record) for record in transaction.run(text, values)]


def _prepare(
    statement: Statement,
    access: Access,
    params: Mapping[str, Any] | None,
    identifiers: Names | None,
) -> tuple[Any, dict[str, Any]]:
    """Return the text and values to send; the text is Any, as the driver's types want a literal string."""
    if statement.access is not access:
        kind = statement.access.value
        raise StatementError(f"{statement.name} is a {kind} statement, not {access.value}; use Database.{kind}")
    values = dict(params or {})
    declared = set(statement.params)
    if set(values) != declared:
        raise StatementError(f"{statement.name} was given the params {sorted(values)}; it declares {sorted(declared)}")
    return statement.render(identifiers), values


@contextmanager
def _translated(endpoint: Endpoint, doing: str = "while connecting") -> Iterator[None]:
    try:
        yield
    except AuthError as error:
        raise AuthenticationError(
            f"{endpoint.uri} refused user {endpoint.username!r} ({error.message}); check {endpoint.prefix}USERNAME "
            f"and {endpoint.prefix}PASSWORD"
        ) from error
    except (ServiceUnavailable, SessionExpired) as error:
        raise DatabaseGoneError(
            f"the connection to {endpoint.uri} was lost {doing} ({error}); what was committed stays: "
            "see that the server runs, then run the same again"
        ) from error
    except Neo4jError as error:
        if is_rate_limit(error):
            raise AuthenticationError(
                f"{endpoint.uri} was given wrong passwords for user {endpoint.username!r} too often and now refuses all; "
                f"check {endpoint.prefix}USERNAME and {endpoint.prefix}PASSWORD, wait {RATE_LIMIT_S} seconds, and try again"
            ) from error
        if error.code == _NO_SUCH_DATABASE:
            raise DatabaseError(
                f"{endpoint.uri} has no database {endpoint.database!r}; set {endpoint.prefix}DATABASE to one it has, "
                "such as 'neo4j'"
            ) from error
        if error.code == _AGAINST_CONSTRAINT:
            raise ConstraintError(
                f"a constraint of the graph forbids what was to be written {doing}: {_first_line(error.message)}; give what it "
                "asks for, or drop it"
            ) from error
        if error.code in _NO_RIGHT:
            reason, todo = _NO_RIGHT[error.code]
            raise AccessDeniedError(
                f"user {endpoint.username!r} may not do this in database {endpoint.database!r} at {endpoint.uri} ({doing}: "
                f"{reason}; {_first_line(error.message)}); {todo.format(prefix=endpoint.prefix)}",
                reason,
            ) from error
        if error.code == _CANNOT_WRITE or _STOPPED in (error.message or ""):
            raise DatabaseError(
                f"Neo4j could not write {doing} ({error.code}: {_first_line(error.message)}), as when its disk is full, and "
                "answers nothing until it is restarted; what was committed stays: make room, restart it (`hopline down` stops "
                "the embedded one, which the next command starts), then run the same again"
            ) from error
        raise DatabaseError(
            f"Neo4j failed {doing}: {error.message} ({error.code}); if that does not say what to mend, the server's log may"
        ) from error
    except DriverError as error:
        raise DatabaseError(
            f"the Neo4j driver failed {doing}: {error}; see that {endpoint.uri} is the Bolt address of a Neo4j 5 or newer"
        ) from error
