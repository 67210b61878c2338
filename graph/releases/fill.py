"""Write a release's vectors to its slot, and see that the indexes on it are there and filled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from cypher import load
from graph.database import Database
from graph.embeddings import VectorColumn
from graph.errors import ReleaseError
from graph.node_vectors import VECTORS_A_BATCH, write_beside, write_column
from graph.progress import OnStage
from graph.releases.checksums import hash_texts
from graph.releases.record import index_name, release_name
from graph.releases.slot import Slot
from graph.schema import Schema

AWAIT_INDEX_S = 1800
INDEXED_A_SECOND = 50  # at the least: a million vectors took longer than half an hour on two cores that others kept busy


def fill_slot(database: Database, schema: Schema, slot: Slot, progress: OnStage, check: Callable[[], None]) -> None:
    """Write what has changed, and make the indexes that are not there. ``check`` is asked before each batch whether to go on.

    Raises:
        ReleaseError: the graph has no node for an id, or other nodes have vectors too.
    """
    name, done = release_name(slot.number), 0

    def tell(written: int) -> None:
        nonlocal done
        check()
        done += written
        progress("writing vectors", done, slot.num_changed)

    tell(0)
    for column in slot.columns:
        changed, moved = (masks[column.label, column.suffix] for masks in (slot.changed, slot.moved))
        write_column(database, schema, column.rows(moved), name, on_batch=tell)
        write_beside(database, schema, column.rows(changed & ~moved), name, on_batch=tell)
    for column in slot.columns:
        counted = _count(database, column, name)
        if slot.over is not None and (slot.is_shrinking or counted != len(column.ids)):
            _settle(database, schema, column, name)
            counted = _count(database, column, name)
        if counted != len(column.ids):
            raise ReleaseError(
                f"{counted} {column.label} nodes have a vector of the new release; expected {len(column.ids)}. The old release "
                "serves on; publish again"
            )
    check()
    progress("building the index", 0, 1)
    for column in slot.columns:
        if column.is_indexed:
            dimensions = column.vectors.shape[1]
            create_index(database, slot.number, column.label, column.suffix, dimensions, column.filters)
    num_indexed = sum(len(column.ids) for column in slot.columns if column.is_indexed)
    database.read(load("schema/await_indexes"), {"timeout_s": AWAIT_INDEX_S + num_indexed // INDEXED_A_SECOND})
    check()
    progress("building the index", 1, 1)


def create_index(database: Database, slot: int, label: str, suffix: str, dimensions: int, filters: Sequence[str]) -> None:
    """Make the index of a slot's vectors of one label, if it is not there; it is filled afterwards."""
    names: dict[str, Any] = {
        "index": index_name(slot, label, suffix),
        "label": label,
        "property": release_name(slot) + suffix,
    }
    narrowable = {"filters": filters} if filters else {}
    statement = load(f"publish/create_{'narrowable_' if narrowable else ''}vector_index")
    database.schema(statement, {"dimensions": dimensions}, names | narrowable)


def _count(database: Database, column: VectorColumn, name: str) -> int:
    names = {"label": column.label, "property": name + column.suffix}
    return int(database.read(load("publish/count_vectors"), {}, names)[0]["number"])


def _settle(database: Database, schema: Schema, column: VectorColumn, name: str) -> None:
    """Take the vectors of nodes that are no longer meant away, and write those of nodes that were made anew under an old id."""
    names = {"label": column.label, "key": schema.node(column.label).key}
    there = database.read(load("publish/read_vector_ids"), {}, names | {"property": name + column.suffix})[0]["ids"]
    of_column, of_graph = hash_texts(column.ids), hash_texts(there or [""])
    write_column(database, schema, column.rows(~np.isin(of_column, of_graph)), name)
    gone = [there[place] for place in np.flatnonzero(~np.isin(of_graph, of_column)).tolist() if there]
    properties = [name + suffix for suffix in (column.suffix, *column.beside)]
    for first in range(0, len(gone), VECTORS_A_BATCH):
        params = {"ids": gone[first : first + VECTORS_A_BATCH], "properties": properties}
        database.write(load("publish/remove_vectors_by_id"), params, names)
