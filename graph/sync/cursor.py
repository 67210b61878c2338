"""What the embedded server tells of the changes in its graph since a point in its history."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from neo4j.exceptions import Neo4jError
from numpy.typing import NDArray

from cypher import load
from graph.database import Database
from graph.errors import DatabaseError

_NO_SUCH_PROCEDURE = "Neo.ClientError.Procedure.ProcedureNotFound"


@dataclass(frozen=True)
class Cursor:
    """A point in the history of one store: a transaction, its checksum, and all before it."""

    store: str
    transaction: int
    checksum: int


@dataclass(frozen=True)
class Changes:
    """The point up to which they were told, and internal ids, int64, ascending, of what was made, deleted or changed.

    ``deleted`` are those of ``edges`` that are no more. ``gap`` says why they cannot be told, or is empty.
    """

    cursor: Cursor
    gap: str
    nodes: NDArray[np.int64]
    edges: NDArray[np.int64]
    deleted: NDArray[np.int64]


def read_changes(database: Database, since: Cursor | None, limit: int) -> Changes | None:
    """Ask what changed after ``since``; None if this server does not tell, as only the embedded one does.

    All up to the returned cursor is in what is read from now on. Of later changes, some may be told too.

    Raises:
        DatabaseGoneError: the connection was lost.
    """
    params = {
        "transaction": -1 if since is None else since.transaction,
        "checksum": 0 if since is None else since.checksum,
        "limit": limit,
    }
    try:
        (row,) = database.read(load("sync/read_changes"), params)
    except DatabaseError as error:
        if isinstance(error.__cause__, Neo4jError) and error.__cause__.code == _NO_SUCH_PROCEDURE:
            return None
        raise
    gap = row["gap"]
    if since is not None and since.store != row["store"]:
        gap = "the cache is of another store"
    cursor = Cursor(row["store"], row["transaction"], row["checksum"])
    return Changes(cursor, gap, *(np.frombuffer(row[name], "<i8") for name in ("nodes", "relationships", "deleted")))
