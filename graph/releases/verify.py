"""Hold a published release against the checksums that it was published with, and the schema as it is now."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cypher import load
from graph.database import Database
from graph.errors import ReleaseError
from graph.neighbours import Neighbours
from graph.releases.checksums import Checksums, Hashes, hash_neighbours, hash_texts, read_checksums
from graph.releases.record import SIMILAR, Release, StoredColumn, StoredNeighbours, index_name
from graph.releases.stored import column_of_rows
from graph.schema import Schema

SAMPLED = 1_000
"""Nodes of each column that are looked at; all if there are no more."""


def verify_release(database: Database, schema: Schema, release: Release) -> None:
    """See that a release can be asked: its labels are the schema's, its indexes there, and it has what was published.

    All vectors, and all relationships between items, are counted, and some read.

    Raises:
        ReleaseError: one of these is not so.
    """
    known = {schema.user.label, *(kind.label for kind in schema.items)}
    strange = sorted({column.label for column in release.columns} - known)
    if strange:
        raise ReleaseError(
            f"release {release.version} is of another schema: it has vectors of {strange}, and the graph's users and items "
            f"are {sorted(known)}; activate another, or train and publish again"
        )
    indexes = {row["name"] for row in database.read(load("checkup/read_indexes"))}
    missing = [name for column in release.columns if (name := _index(release, column)) and name not in indexes]
    if missing:
        raise ReleaseError(f"release {release.version} has lost the index {missing[0]!r}; activate another, or publish anew")
    sums = read_checksums(database, release.version)
    for column in release.columns:
        if (column.label, column.suffix) in sums:
            _verify(database, schema, release, column, sums[column.label, column.suffix])
        if release.similar is not None and not column.suffix and (column.label, SIMILAR) in sums:
            _verify_neighbours(database, schema, release, release.similar, column, sums[column.label, SIMILAR])


def _index(release: Release, column: StoredColumn) -> str:
    return index_name(release.slot, column.label, column.suffix) if column.is_indexed else ""


def _verify(database: Database, schema: Schema, release: Release, column: StoredColumn, sums: Checksums) -> None:
    property_ = release.name + column.suffix
    names = {"label": column.label, "property": property_}
    counted = database.read(load("publish/count_vectors"), {}, names)[0]["number"]
    params = {
        "share": SAMPLED / max(counted, 1),
        "properties": [release.name + suffix for suffix in column.beside],
    }
    rows = database.read(load("publish/sample_vectors"), params, names | {"key": schema.node(column.label).key})
    sampled = column_of_rows(column, rows) if rows else None
    wrong = sampled.ids[Checksums.of(sampled).unlike(sums)].tolist() if sampled is not None else []
    if wrong:
        raise ReleaseError(
            f"release {release.version} is damaged: of {len(rows)} {column.label} vectors looked at, {len(wrong)} are not "
            f"those published, the first that of {wrong[0]!r}; something else wrote to {property_}: "
            "activate another, or publish anew"
        )
    if counted > column.number:
        raise ReleaseError(
            f"release {release.version} is damaged: {counted} {column.label} nodes have a vector of it, and {column.number} "
            f"were published; something else wrote to {property_}: activate another, or publish anew"
        )


def _verify_neighbours(
    database: Database, schema: Schema, release: Release, similar: StoredNeighbours, column: StoredColumn, sums: Checksums
) -> None:
    """See that items have the neighbours that were published; of those that are no longer there nothing is missed."""
    names = {"label": column.label, "type": similar.type}
    published, counted = similar.numbers[column.label], count_similar(database, similar, column.label)
    wrong: list[str] = []
    if counted == published:
        of_items = {"key": schema.node(column.label).key, "property": release.name}
        rows = database.read(load("publish/sample_similar"), {"share": SAMPLED / max(column.number, 1)}, names | of_items)
        if rows:
            read = Checksums(hash_texts([str(row["id"]) for row in rows]), _hash_read([row["neighbours"] for row in rows]))
            wrong = [str(rows[place]["id"]) for place in np.flatnonzero(read.unlike(sums)).tolist()]
    if wrong or counted > published:
        what = f"those of {wrong[0]!r} are not those published" if wrong else f"{counted} are there, {published} were published"
        raise ReleaseError(
            f"release {release.version} is damaged: of the relationships of type {similar.type} {what}; something else wrote "
            "such: activate another, or publish anew"
        )


def astray(database: Database, release: Release, label: str, ids: NDArray[Any], neighbours: Neighbours) -> NDArray[np.bool_]:
    """Return of which items of a domain, bool[n], the ``neighbours`` that were read back are not those that were published."""
    return Checksums.of_neighbours(ids, neighbours).unlike(read_checksums(database, release.version)[label, SIMILAR])


def count_similar(database: Database, similar: StoredNeighbours, label: str) -> int:
    """Return how many of a release's relationships lead from items of a domain to their neighbours."""
    found: int = database.read(load("publish/count_similar"), {}, {"label": label, "type": similar.type})[0]["number"]
    return found


def _hash_read(neighbours: list[list[tuple[object, float]]]) -> Hashes:
    width = max(map(len, neighbours), default=0)
    ids = np.zeros((len(neighbours), width), np.uint64)
    weights = np.zeros((len(neighbours), width), np.float32)
    for row, of_item in enumerate(neighbours):
        if of_item:
            ids[row, : len(of_item)] = hash_texts([str(node_id) for node_id, _ in of_item])
            weights[row, : len(of_item)] = [weight for _, weight in of_item]
    return hash_neighbours(ids, weights)
