"""The server: its version and edition, what it can be asked, and the memory it was given."""

from __future__ import annotations

import re

from cypher import load
from graph.checkup.finding import Finding
from graph.database import Database
from graph.errors import DatabaseError, DatabaseGoneError
from graph.server.disk import MIB

OLDEST_TESTED = (5, 26)

_VECTOR_PROCEDURE = "db.index.vector.queryNodes"
_CHANGES = "hopline.changes"
_NEEDED = {
    "db.create.setNodeVectorProperty": "publish",
    "db.awaitIndexes": "import and publish",
    "db.stats.retrieve": "init and describe",
}
_SIZE = re.compile(r"([\d.]+)\s*([KMGT]?)i?B?", re.IGNORECASE)


def check_server(database: Database) -> list[Finding]:
    """Say what the server is, and whether it has what Hopline calls.

    Raises:
        DatabaseError: the user may not ask, or the server was lost.
    """
    (row,) = database.read(load("admin/read_server_version"))
    told = f"Neo4j {row['version']}, {row['edition']} edition, at {database.endpoint.uri}"
    if database.version < OLDEST_TESTED:
        oldest = ".".join(map(str, OLDEST_TESTED))
        version = Finding.warning(
            "server",
            f"{told}: older than {oldest}, the oldest that Hopline is tested with",
            f"upgrade to Neo4j {oldest} or newer",
        )
    else:
        version = Finding.ok("server", told)
    wanted = [_VECTOR_PROCEDURE, _CHANGES, *_NEEDED]
    has = {row["name"] for row in database.read(load("checkup/read_procedures"), {"procedures": wanted})}
    missing = {name: use for name, use in _NEEDED.items() if name not in has}
    if missing:
        listed = ", ".join(f"{name} (for {use})" for name, use in missing.items())
        todo = "use a newer server, or let the user call them"
        procedures = [Finding.problem("procedures", f"the server has no {listed}, or the user may not call it", todo)]
    else:
        procedures = []
    forms = [form for form, is_there in _vector_forms(database, has) if is_there]
    if forms:
        vectors = Finding.ok("vector search", " and ".join(forms))
    else:
        vectors = Finding.problem(
            "vector search",
            f"the server has neither SEARCH nor {_VECTOR_PROCEDURE}, which answers are found by",
            "use Neo4j 5.26 or newer, or let the user call the procedure",
        )
    if _CHANGES in has:
        changes = Finding.ok("sync", "the server tells what changed, so only that is read")
    else:
        changes = Finding.ok(
            "sync", "the server does not tell what changed, as only the embedded one does: each run reads the graph"
        )
    return [version, *procedures, vectors, changes]


def check_server_memory(database: Database) -> Finding:
    """Say how much memory the server was given."""
    return Finding.ok("server memory", f"heap {_shown(read_heap(database))}, page cache {_shown(read_page_cache(database))}")


def read_heap(database: Database) -> int | None:
    """Return how large the server's heap may grow, in bytes; None where it does not tell."""
    try:
        rows = database.read(load("checkup/read_heap"))
    except DatabaseGoneError:
        raise
    except DatabaseError:  # no such procedure there, or not for this user
        return None
    return int(rows[0]["bytes"]) if rows and rows[0]["bytes"] else None


def read_page_cache(database: Database) -> int | None:
    """Return the size of the server's page cache in bytes; None where it does not tell."""
    try:
        rows = database.read(load("checkup/read_page_cache"))
    except DatabaseGoneError:
        raise
    except DatabaseError:
        return None
    found = _SIZE.fullmatch(rows[0]["size"] or "") if rows else None
    return None if found is None else int(float(found[1]) * 1024 ** " KMGT".index(found[2].upper() or " "))


def _vector_forms(database: Database, has: set[str]) -> list[tuple[str, bool]]:
    return [("SEARCH of Cypher 25", database.supports_search), (_VECTOR_PROCEDURE, _VECTOR_PROCEDURE in has)]


def _shown(size: int | None) -> str:
    return "of unknown size" if size is None else f"{size / MIB:,.0f} MiB"
