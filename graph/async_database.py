"""The connection to Neo4j of a service: one that answers many questions at the same time."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, TypeVar

import neo4j
from neo4j.exceptions import DriverError, Neo4jError

from cypher import Access, HoplineError, Names, Statement
from graph.database import Database
from graph.prepare import prepare
from graph.question import Question, Row
from graph.refusals import translated
from graph.retry import pauses_s

T = TypeVar("T")

_CONNECTION_TIMEOUT_S = 5.0


class AsyncDatabase:
    """One database of a server, that is only read; for one event loop, open until ``close``.

    ``retry_s``: how long a reading that failed for a passing reason is tried again.
    """

    def __init__(self, database: Database, connections: int = 32, retry_s: float = 2.0) -> None:
        self.endpoint = database.endpoint
        self.supports_search = database.supports_search
        self._retry_s = retry_s
        self._driver = neo4j.AsyncGraphDatabase.driver(
            self.endpoint.uri,
            auth=self.endpoint.auth,
            max_connection_pool_size=connections,
            connection_timeout=_CONNECTION_TIMEOUT_S,
            notifications_min_severity="OFF",
        )

    async def read(
        self, statement: Statement, params: Mapping[str, Any] | None = None, identifiers: Names | None = None
    ) -> list[Row]:
        """Return the rows of a statement that reads; see :meth:`graph.database.Database.read`."""
        text, values = prepare(statement, Access.READ, params, identifiers)
        pauses = pauses_s(self._retry_s)
        with translated(self.endpoint, f"while running {statement.name}"):
            while True:
                try:
                    async with self._driver.session(
                        database=self.endpoint.database, default_access_mode=neo4j.READ_ACCESS
                    ) as session:
                        return [dict(record) async for record in await session.run(text, values)]
                except (DriverError, Neo4jError) as error:
                    pause = next(pauses, None) if error.is_retryable() else None
                    if pause is None:
                        raise
                await asyncio.sleep(pause)

    async def answer(self, question: Question[T]) -> T:
        """Return the answer of a question; see :meth:`graph.database.Database.answer`."""
        try:
            read = next(question)
            while True:
                try:
                    rows = await self.read(read.statement, read.params, read.identifiers)
                except HoplineError as error:
                    read = question.throw(error)
                else:
                    read = question.send(rows)
        except StopIteration as ended:
            found: T = ended.value
            return found

    async def close(self) -> None:
        """Close the connections; the server goes on."""
        await self._driver.close()
