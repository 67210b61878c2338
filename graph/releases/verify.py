"""Hold a published release against the checksums that it was published with, and the schema as it is now."""

from __future__ import annotations

from cypher import load
from graph.database import Database
from graph.errors import ReleaseError
from graph.releases.checksums import Checksums, read_checksums
from graph.releases.record import Release, StoredColumn, index_name
from graph.releases.stored import column_of_rows
from graph.schema import Schema

SAMPLED = 1_000
"""Nodes of each column that are looked at; all if there are no more."""


def verify_release(database: Database, schema: Schema, release: Release) -> None:
    """See that a release can be asked: its labels are the schema's, its indexes there, its vectors those that were published.

    All vectors are counted, and some read.

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
