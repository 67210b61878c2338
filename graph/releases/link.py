"""Write a release's neighbours of items as relationships of its slot's type, and see that all of them are there."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from cypher import load
from graph.asking import either_type
from graph.database import Database
from graph.embeddings import VectorColumn
from graph.errors import ReleaseError
from graph.neighbours import Neighbours
from graph.progress import OnStage
from graph.releases.collect import remove_similar
from graph.releases.record import SIMILAR, similar_type
from graph.releases.slot import Slot
from graph.schema import Schema

_RELATIONSHIPS_A_BATCH = 20_000
_STAGE = "writing neighbours of items"


def link_similar(database: Database, schema: Schema, slot: Slot, progress: OnStage, check: Callable[[], None]) -> None:
    """Write the neighbours of items for which they changed. ``check`` is asked before each batch whether to go on.

    Raises:
        ReleaseError: the graph has no node for an item.
    """
    of_domains = [] if slot.similar is None else list(zip(slot.columns, slot.similar.of_domains, strict=False))
    if not of_domains:
        return
    if not slot.is_shrinking:
        changed = [np.flatnonzero(slot.changed[column.label, SIMILAR]) for column, _ in of_domains]
        _write(database, schema, slot, of_domains, changed, progress, check)
        if _are_all_there(database, slot, of_domains):
            return
    if slot.over is not None:  # items left, or were made anew under an old id
        remove_similar(database, slot.number)
        _write(database, schema, slot, of_domains, [np.arange(len(column.ids)) for column, _ in of_domains], progress, check)
    if not _are_all_there(database, slot, of_domains):
        raise ReleaseError(
            "the graph lost items while their neighbours were written; the old release serves on: publish again, and train "
            "again if this goes on"
        )


def _write(
    database: Database,
    schema: Schema,
    slot: Slot,
    of_domains: list[tuple[VectorColumn, Neighbours]],
    rows_of: list[NDArray[np.int64]],
    progress: OnStage,
    check: Callable[[], None],
) -> None:
    done, total = 0, sum(map(len, rows_of))
    for (column, neighbours), rows in zip(of_domains, rows_of, strict=True):
        size = max(1, _RELATIONSHIPS_A_BATCH // max(1, neighbours.places.shape[1]))
        for first in range(0, len(rows), size):
            check()
            part = rows[first : first + size]
            _write_batch(database, schema, slot, column, neighbours, part)
            done += len(part)
            progress(_STAGE, done, total)


def _write_batch(
    database: Database, schema: Schema, slot: Slot, column: VectorColumn, neighbours: Neighbours, rows: NDArray[np.int64]
) -> None:
    is_there = neighbours.is_there[rows]
    ends = np.unique(np.concatenate([rows, neighbours.places[rows][is_there]]))
    places = np.searchsorted(ends, neighbours.places[rows])
    params = {
        "ids": [either_type(node_id) for node_id in column.ids[ends].tolist()],
        "sources": np.searchsorted(ends, rows).tolist(),
        "neighbours": [row[known].tolist() for row, known in zip(places, is_there, strict=True)],
        "weights": [row[known].tolist() for row, known in zip(neighbours.weights[rows], is_there, strict=True)],
    }
    names = {"label": column.label, "key": schema.node(column.label).key, "type": similar_type(slot.number)}
    database.write(load("publish/write_similar"), params, names)


def _are_all_there(database: Database, slot: Slot, of_domains: list[tuple[VectorColumn, Neighbours]]) -> bool:
    counting = load("publish/count_similar")
    return all(
        database.read(counting, {}, {"label": column.label, "type": similar_type(slot.number)})[0]["number"] == of_label.number
        for column, of_label in of_domains
    )
