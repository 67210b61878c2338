"""All of Hopline's exceptions in one place.

::

    HoplineError
    ├── StatementError, IdentifierError          a Cypher file or name that cannot be used
    ├── ConfigError                              hopline.toml, the environment, or an option
    ├── SchemaError                              a schema that contradicts itself
    ├── InputError                               files that cannot be read
    ├── FeatureError                             fitted features or a text encoder that cannot be used
    ├── DatabaseError                            Neo4j refused
    │   ├── AuthenticationError                  wrong user name or password
    │   ├── AccessDeniedError                    the user may not do this
    │   ├── ConstraintError                      a constraint of the graph forbids it
    │   └── DatabaseGoneError                    the connection was lost
    ├── ServerError                              the embedded server
    ├── CacheError                               the snapshot's cache
    ├── ReleaseError                             nothing published, or a release that does not fit
    ├── ExperimentError                          an experiment that cannot begin or end as things are
    ├── NotFoundError                            no such node, label or relationship type
    ├── QuestionError                            a question that is out of bounds
    ├── EventError                               an event that cannot be used
    ├── IngestError                              taking in events stopped part-way
    ├── ServiceError                             the HTTP service cannot start, or its client was refused
    │   └── OverloadError                        more comes than can be taken now
    ├── TrainingError                            a run that cannot start or go on
    └── EvaluationError                          scores or splits that cannot be evaluated
"""

from cypher.errors import HoplineError, IdentifierError, StatementError
from gnn.errors import EvaluationError, TrainingError
from graph.errors import (
    AccessDeniedError,
    AuthenticationError,
    CacheError,
    ConstraintError,
    DatabaseError,
    DatabaseGoneError,
    EventError,
    ExperimentError,
    NotFoundError,
    QuestionError,
    ReleaseError,
    SchemaError,
    ServerError,
)
from loaders.errors import FeatureError, InputError


class ConfigError(HoplineError):
    """A configuration that is missing, malformed, or out of range."""


class IngestError(HoplineError):
    """Taking in events stopped part-way; the message says how far it got, and that is in the graph."""


class ServiceError(HoplineError):
    """The HTTP service cannot start, or refused what its client sent; ``status`` is that of HTTP, if there is one."""

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class OverloadError(ServiceError):
    """More comes than can be taken now: nothing of it was taken, and the same can be sent again."""


__all__ = [
    "AccessDeniedError",
    "AuthenticationError",
    "CacheError",
    "ConfigError",
    "ConstraintError",
    "DatabaseError",
    "DatabaseGoneError",
    "EvaluationError",
    "EventError",
    "ExperimentError",
    "FeatureError",
    "HoplineError",
    "IdentifierError",
    "IngestError",
    "InputError",
    "NotFoundError",
    "OverloadError",
    "QuestionError",
    "ReleaseError",
    "SchemaError",
    "ServerError",
    "ServiceError",
    "StatementError",
    "TrainingError",
]
