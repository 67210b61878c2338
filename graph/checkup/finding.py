"""What one check found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from cypher import HoplineError


class Status(str, Enum):
    """How well it is: a warning is something to know, a problem something that will fail."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True)
class Finding:
    """What was looked at, what was found, and what to do about it, one line each; ``todo`` is empty where nothing is."""

    subject: str
    status: Status
    what: str
    todo: str = ""

    @classmethod
    def ok(cls, subject: str, what: str) -> Finding:
        """Return a finding that all is well."""
        return cls(subject, Status.OK, what)

    @classmethod
    def warning(cls, subject: str, what: str, todo: str) -> Finding:
        """Return a finding to know of."""
        return cls(subject, Status.WARNING, what, todo)

    @classmethod
    def problem(cls, subject: str, what: str, todo: str) -> Finding:
        """Return a finding that something will fail."""
        return cls(subject, Status.PROBLEM, what, todo)

    @classmethod
    def of_error(cls, subject: str, error: HoplineError) -> Finding:
        """Return a problem that is told as an error: its message ends with what to do, after a semicolon."""
        what, _, todo = " ".join(str(error).split()).rpartition("; ")
        return cls.problem(subject, what, todo) if what else cls.problem(subject, todo, "")
