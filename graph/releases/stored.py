"""Read back what a release keeps on the graph's nodes."""

from __future__ import annotations

from typing import Any

import numpy as np

from cypher import load
from graph.codes import decode
from graph.database import Database
from graph.embeddings import Embeddings, VectorColumn
from graph.errors import ReleaseError
from graph.releases.record import NORM, Release, StoredColumn
from graph.schema import Schema

NODES_A_PAGE = 10_000


def read_ranking(database: Database, schema: Schema, release: Release) -> tuple[Embeddings, tuple[Embeddings, ...]]:
    """Return the vectors of users and of the items of each domain whose products are a release's scores.

    They are those that were published, but for rounding; ids are text. Nodes that were deleted since have none.

    Raises:
        ReleaseError: the release is of another schema, or damaged.
    """
    users, items = None, []
    for column in release.columns:
        if column.suffix:
            continue
        found = _read_column(database, schema, release, column)
        vectors = decode(found.vectors, column.code, is_indexed=column.is_indexed)
        if column.label == schema.user.label:
            users = Embeddings(column.label, found.ids, vectors * found.beside[NORM][:, None])
        else:
            items.append(Embeddings(column.label, found.ids, vectors * np.float32(release.scale)))
    if users is None or not items:
        raise ReleaseError(f"release {release.version} has no vectors of {schema.user.label!r} and items; publish again")
    return users, tuple(items)


def _read_column(database: Database, schema: Schema, release: Release, column: StoredColumn) -> VectorColumn:
    known = [kind.label for kind in schema.nodes]
    if column.label not in known:
        raise ReleaseError(
            f"release {release.version} is of another schema: it has vectors of {column.label!r}, and the graph has {known}"
        )
    names = {"label": column.label, "key": schema.node(column.label).key, "property": release.name + column.suffix}
    params = {"names": [release.name + suffix for suffix in column.beside], "limit": NODES_A_PAGE}
    pages, after = [], -1
    while rows := database.read(load("publish/read_vectors"), params | {"after": after}, names):
        pages.append(column_of_rows(column, rows))
        after = rows[-1]["node"]
    if not pages:
        raise ReleaseError(
            f"no {column.label} has a vector of release {release.version} any more; activate another, or publish anew"
        )
    ids = np.array([node_id for page in pages for node_id in page.ids.tolist()])
    vectors = np.concatenate([page.vectors for page in pages])
    bad = np.flatnonzero(~np.isfinite(vectors).all(axis=1))
    if len(bad):
        raise ReleaseError(
            f"release {release.version} is damaged: {len(bad)} {column.label} vectors are not those published, the first that "
            f"of {ids[bad[0]]!s}; something else wrote to {names['property']}: activate another, or publish anew"
        )
    beside = {suffix: np.concatenate([page.beside[suffix] for page in pages]) for suffix in column.beside}
    return VectorColumn(column.label, column.suffix, ids, vectors, column.is_indexed, beside)


def column_of_rows(column: StoredColumn, rows: list[dict[str, Any]]) -> VectorColumn:
    """Return nodes as they were read, in the shape in which they were written; what has another shape differs in it."""
    vectors = np.zeros((len(rows), column.dimensions), np.float32)
    for place, row in enumerate(rows):
        vectors[place] = row["vector"] if len(row["vector"]) == column.dimensions else np.nan
    beside = {suffix: _beside([row["beside"][place] for row in rows]) for place, suffix in enumerate(column.beside)}
    ids = np.array([str(row["id"]) for row in rows])
    return VectorColumn(column.label, column.suffix, ids, vectors, column.is_indexed, beside)


def _beside(values: list[Any]) -> Any:
    if not any(isinstance(value, bytes) for value in values):
        return np.array([np.nan if value is None else value for value in values], np.float32)
    width = max(len(value) for value in values if isinstance(value, bytes))
    rows = [value if isinstance(value, bytes) else b"" for value in values]
    return np.frombuffer(b"".join(row.ljust(width, b"\0") for row in rows), np.uint8).reshape(len(rows), width)
