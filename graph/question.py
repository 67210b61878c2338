"""Questions: what is to be read, step by step, whoever reads it.

A question is a generator. It yields what it wants to be read, is sent the rows, and returns its answer; so one way to ask
serves a program that waits for each reading and a service that does other things meanwhile. An error of a reading is raised
where it was yielded.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from cypher import Names, Statement

T = TypeVar("T")
Row = dict[str, Any]


@dataclass(frozen=True)
class Read:
    """A statement that reads, its values and its names."""

    statement: Statement
    params: Mapping[str, Any] = field(default_factory=dict)
    identifiers: Names = field(default_factory=dict)

    def inline(self) -> str:
        """Return it as a person may paste it; see :meth:`cypher.Statement.inline`."""
        return self.statement.inline(self.params, self.identifiers)


Question = Generator[Read, list[Row], T]


class Dialect(Protocol):
    """What a question has to know of the server that it is put to."""

    @property
    def supports_search(self) -> bool:
        """Whether the server has Cypher 25's ``SEARCH``; if not, it has ``db.index.vector.queryNodes``."""
        ...
