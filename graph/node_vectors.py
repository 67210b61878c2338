"""Write vectors, and what is kept beside them, onto the nodes they belong to."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from neo4j.vector import Vector
from numpy.typing import NDArray

from cypher import Statement, load
from graph.asking import either_type
from graph.codes import is_whole
from graph.database import Database
from graph.embeddings import VectorColumn
from graph.errors import ReleaseError, SchemaError
from graph.schema import Schema

VECTORS_A_BATCH = 2_000
_BATCHES_AT_ONCE = 4  # the server waits for its disk and the client for the server: more at once gained nothing on 2 cores
_RESERVED = "hopline_"  # how the properties of releases begin


def write_column(
    database: Database,
    schema: Schema,
    column: VectorColumn,
    name: str,
    on_batch: Callable[[int], None] = lambda _written: None,
) -> None:
    """Write a column of vectors to the property ``name`` plus its suffix, and what is beside them to theirs.

    Batches are transactions of their own, some at once. ``on_batch`` hears, in this thread, how many vectors each wrote;
    what it raises ends the writing.

    Raises:
        ReleaseError: a vector whose node the graph does not hold.
    """
    if is_whole(column.code):
        statement = load("publish/set_whole_numbers")
    else:
        statement = load("publish/set_vectors" if database.takes_vectors else "publish/set_vector_lists")

    def params(part: VectorColumn) -> dict[str, Any]:
        return {"property": name + part.suffix, "vectors": _vectors(part, as_such=database.takes_vectors)}

    _write(database, schema, column, name, statement, params, on_batch)


def write_beside(
    database: Database,
    schema: Schema,
    column: VectorColumn,
    name: str,
    on_batch: Callable[[int], None] = lambda _written: None,
) -> None:
    """Write what is beside the vectors of a column, and leave these as they are; else as :func:`write_column`.

    Raises:
        ReleaseError: a node that the graph does not hold.
    """
    _write(database, schema, column, name, load("publish/set_beside"), lambda _part: {}, on_batch)


def _write(
    database: Database,
    schema: Schema,
    column: VectorColumn,
    name: str,
    statement: Statement,
    more: Callable[[VectorColumn], dict[str, Any]],
    on_batch: Callable[[int], None],
) -> None:
    names = {"label": column.label, "key": schema.node(column.label).key}
    size = min(VECTORS_A_BATCH, max(1, -(-len(column.ids) // _BATCHES_AT_ONCE)))

    def write(first: int) -> tuple[int, int]:
        part = column.rows(np.arange(first, min(first + size, len(column.ids))))
        params = {
            **more(part),
            "ids": [either_type(node_id) for node_id in part.ids.tolist()],
            "names": [name + suffix for suffix in part.beside],
            "columns": [_values(values) for values in part.beside.values()],
        }
        return database.write(statement, params, names)[0]["written"], len(part.ids)

    written = 0
    with ThreadPoolExecutor(_BATCHES_AT_ONCE) as pool:
        firsts = list(range(0, len(column.ids), size))
        for begin in range(0, len(firsts), _BATCHES_AT_ONCE):
            for found, of in pool.map(write, firsts[begin : begin + _BATCHES_AT_ONCE]):
                written += found
                on_batch(of)
    if written != len(column.ids):
        raise ReleaseError(
            f"{len(column.ids) - written} of {len(column.ids)} {column.label} vectors have no node in the graph; "
            "it changed since training: run `hopline train` again"
        )


def check_free_property(schema: Schema, name: str) -> None:
    """Refuse a property to write vectors to that means something else already.

    Raises:
        SchemaError: it is empty, a release's, or a key, title or feature of the schema.
    """
    used = {kind.label: {kind.key, kind.title, *(feature.name for feature in kind.features)} for kind in schema.nodes}
    taken = [label for label, names in used.items() if name in names]
    if not name or name.startswith(_RESERVED) or taken:
        why = f"the schema uses it for {', '.join(taken)}" if taken else f"it is empty or begins with {_RESERVED!r}"
        raise SchemaError(f"got the property {name!r} to write vectors to, but {why}; give another name, such as 'kge'")


def _vectors(part: VectorColumn, *, as_such: bool) -> list[Any]:
    """Return rows as lists of numbers, or ``as_such`` as the driver packs them fastest: the bytes that travel, big-endian."""
    if is_whole(part.code):
        whole: list[Any] = part.vectors.astype(np.uint8).tolist()
        return whole
    return [Vector(row.tobytes(), "f32") for row in part.vectors.astype(">f4")] if as_such else part.vectors.tolist()


def _values(values: NDArray[Any]) -> list[Any]:
    """Return a value a row: numbers, or arrays of bytes."""
    return [row.tobytes() for row in values] if values.ndim > 1 else values.tolist()
