"""What Neo4j or its driver refuse, said in Hopline's words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from neo4j.exceptions import AuthError, DriverError, Neo4jError, ServiceUnavailable, SessionExpired

from graph.endpoint import Endpoint
from graph.errors import AccessDeniedError, AuthenticationError, ConstraintError, DatabaseError, DatabaseGoneError
from graph.server.credentials import RATE_LIMIT_S, is_rate_limit

_NO_SUCH_DATABASE = "Neo.ClientError.Database.DatabaseNotFound"
_AGAINST_CONSTRAINT = "Neo.ClientError.Schema.ConstraintValidationFailed"
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


@contextmanager
def translated(endpoint: Endpoint, doing: str = "while connecting") -> Iterator[None]:
    """Raise what Neo4j or the driver raise in the block as a DatabaseError that says what went on and what to do."""
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


def _first_line(message: str | None) -> str:
    return (message or "").strip().partition("\n")[0].rstrip(".")
