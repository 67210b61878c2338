"""Read back what a release keeps on the graph's nodes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import numpy as np

from cypher import load
from graph.codes import Code, decode
from graph.database import Database
from graph.embeddings import Embeddings, VectorColumn
from graph.errors import ReleaseError
from graph.neighbours import MOST_NEIGHBOURS, Neighbours, SimilarItems, WeighedBy
from graph.releases.record import NORM, Release, StoredColumn, StoredNeighbours
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
        found = read_column(database, schema, release, column)
        vectors = decode(found.vectors, column.code, is_indexed=column.is_indexed)
        if column.label == schema.user.label:
            users = Embeddings(column.label, found.ids, vectors * found.beside[NORM][:, None])
        else:
            items.append(Embeddings(column.label, found.ids, vectors * np.float32(release.scale)))
    if users is None or not items:
        raise ReleaseError(f"release {release.version} has no vectors of {schema.user.label!r} and items; publish again")
    return users, tuple(items)


def read_column(database: Database, schema: Schema, release: Release, column: StoredColumn) -> VectorColumn:
    """Return what a release keeps on the nodes of one column, as it is written; ids are text.

    Raises:
        ReleaseError: the release is of another schema, or damaged.
    """
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
    return VectorColumn(
        column.label, column.suffix, ids, vectors, column.is_indexed, beside, cast("Code", column.code), column.filters
    )


def read_similar(
    database: Database, schema: Schema, release: Release, items: Sequence[VectorColumn | Embeddings]
) -> SimilarItems | None:
    """Return the neighbours that a release has of its items, domain by domain; None for one without relationships.

    Those of other labels, and weights that are none, are left out: something else wrote them.

    Raises:
        ReleaseError: an item is its own neighbour: something else wrote that.
    """
    if (stored := release.similar) is None:
        return None
    of_domains = tuple(_read_neighbours(database, schema, release, stored, of_label) for of_label in items)
    return SimilarItems(cast("WeighedBy", stored.by), of_domains)


def _read_neighbours(
    database: Database, schema: Schema, release: Release, stored: StoredNeighbours, items: VectorColumn | Embeddings
) -> Neighbours:
    place = {node_id: row for row, node_id in enumerate(items.ids.tolist())}
    names = {
        "label": items.label,
        "key": schema.node(items.label).key,
        "property": release.name,
        "type": stored.type,
    }
    found: list[list[tuple[int, float]]] = [[] for _ in place]
    after = -1
    while rows := database.read(load("publish/read_similar"), {"after": after, "limit": NODES_A_PAGE}, names):
        after = rows[-1]["node"]
        for row in rows:
            if (item := place.get(str(row["id"]))) is not None:
                near = [(place[str(other)], weight) for other, weight in row["neighbours"] if str(other) in place]
                found[item] = sorted((pair for pair in near if pair[1] > 0), key=lambda pair: (-pair[1], pair[0]))
    width = min(max(map(len, found), default=0), MOST_NEIGHBOURS)
    places, weights = np.zeros((len(found), width), np.int32), np.zeros((len(found), width), np.float32)
    for item, near in enumerate(found):
        for number, (other, weight) in enumerate(near[:width]):
            places[item, number], weights[item, number] = other, weight
    return Neighbours(places, weights)


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
