"""What can go wrong between Hopline and the database."""

from cypher.errors import HoplineError


class SchemaError(HoplineError):
    """A schema that contradicts itself, or tables that do not fit it."""


class DatabaseError(HoplineError):
    """Neo4j refused or could not be reached."""


class AuthenticationError(DatabaseError):
    """Neo4j was reached and refused the user name or password."""


class AccessDeniedError(DatabaseError):
    """The user may not do this: no right to read or write, a read-only database, or a password that must be changed first.

    ``reason`` says which of these, in a few words.
    """

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


class ConstraintError(DatabaseError):
    """A constraint of the graph forbids what was to be written."""


class DatabaseGoneError(DatabaseError):
    """The connection was lost in the middle of work; what was committed stays, a re-run completes it."""


class ServerError(HoplineError):
    """The embedded server could not be installed, started or stopped."""


class ReleaseError(HoplineError):
    """A release that is missing, incomplete, or does not fit the graph."""


class ExperimentError(HoplineError):
    """An experiment that is none, or cannot begin or end as things are: another runs, or a release does not fit."""


class NotFoundError(HoplineError):
    """A node, label or relationship type that the graph does not hold."""


class QuestionError(HoplineError):
    """A question to the graph that is out of bounds: too deep, too many, or about nothing."""


class CacheError(HoplineError):
    """A snapshot's cache that is missing or damaged, or that cannot hold what the graph has."""


class EventError(HoplineError):
    """An event that cannot be used; the message is the reason, in words that do not quote what was given."""
