"""The answer of a Cypher query, of any database, as a data set."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from graph.database import Database
from graph.question import Row
from loaders.errors import InputError
from loaders.files.frames import text_rows
from loaders.files.open import open_plan
from loaders.files.rows import LIST_MARK, Rows
from loaders.files.spool import Spool
from loaders.files.stage import Stage
from loaders.files.tables import plan_sources

ROWS_A_BATCH = 20_000
QUERY = "query"  # what the answer is called where files have names
_HINT = "to say otherwise: RETURN … AS user, … AS item, … AS behaviour, … AS value, … AS time, or give a mapping"


@dataclass(frozen=True)
class _Answer:
    """The rows that came, kept on disk where they are many; a row's number counts from 1."""

    kept: Spool
    columns: tuple[str, ...]
    size_bytes: int
    path: Path = Path(QUERY)

    def batches(self) -> Iterator[Rows]:
        first = 1
        for frame in self.kept:
            yield text_rows(frame, self.path, first)
            first += frame.height


@contextmanager
def open_query(
    database: Database,
    text: str,
    params: Mapping[str, Any],
    *,
    mapping: Path | Mapping[str, Any] | None = None,
    scratch: Path | None = None,
) -> Iterator[Stage]:
    """Ask, and hold what is usable of the answer while the block runs; the query may not write.

    Its columns are those of one table, which ``mapping`` or their names explain. All of the answer is read before anything is
    made of it, so the database asked may be the one that is loaded into.

    Raises:
        InputError: no rows, or columns of nodes, relationships or maps; or nothing usable in them.
        DatabaseError: the database refused the query.
    """
    with tempfile.TemporaryDirectory(prefix="hopline-query-", dir=scratch) as folder:
        kept = Spool(Path(folder) / "answer")
        columns: tuple[str, ...] = ()
        size = 0
        for rows in database.stream(text, params, ROWS_A_BATCH):
            columns = tuple(rows[0])
            frame = pl.DataFrame({name: [_as_text(name, row) for row in rows] for name in columns})
            size += int(frame.estimated_size())
            kept.add(frame)
        if not columns:
            raise InputError("the query gave no rows; expected one for each interaction: RETURN u.id AS user, i.id AS item")
        plan = plan_sources({QUERY: _Answer(kept, columns, size)}, mapping, "the query", hint=_HINT)
        with open_plan(plan, scratch) as stage:
            yield stage


def _as_text(name: str, row: Row) -> str:
    value = row[name]
    if isinstance(value, list):
        return "".join(LIST_MARK + _one(name, part) for part in value if part is not None)
    return _one(name, value)


def _one(name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    if hasattr(value, "iso_format"):
        return str(value.iso_format())
    raise InputError(
        f"the query's column {name!r} holds a {type(value).__name__}; expected texts, numbers, times, or lists of them: name "
        "the properties, as RETURN u.id AS user"
    )
