"""The release that serves, written anew beside itself: its vectors as they are, on properties and indexes of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from cypher import load
from graph.codes import Code, decode
from graph.database import Database
from graph.embeddings import Embeddings, PeopleVectors, ReleaseDraft, VectorColumn
from graph.errors import ReleaseError
from graph.filters import Indexed
from graph.progress import OnStage
from graph.releases import Release, active_release
from graph.releases.checksums import read_checksums, total
from graph.releases.columns import Scales, narrowed_by, told_columns
from graph.releases.features import read_features
from graph.releases.lease import Lease
from graph.releases.record import ASKED, ASKING, NORM, similar_type
from graph.releases.serve import begin_release, make_release_constraints, write_and_serve
from graph.releases.slot import Slot, slot_of
from graph.releases.stored import read_column, read_similar
from graph.schema import Schema

_OF_THE_OLD = {"version", "ready", "created_at", "before", "retired", "canary", "similar"}
_WIDTHS = {"search_widths", "deep_search_widths", "people_search_width", "people_deep_search_width"}


def republish(database: Database, schema: Schema, lease: Lease, filters: Indexed, progress: OnStage) -> Release:
    """Write the active release anew as the next version and make that the active one; the old one serves until then.

    A server has one vector index a label and property, so indexes are built anew on a copy of the vectors, bit for bit the
    same; nothing is missing at any moment, and a failure on the way leaves the old release as it is. While an experiment runs,
    its users are answered by its releases still, which stay as they are. ``filters`` are the
    properties that indexes are to be narrowable by. Nodes that were deleted since are left out.

    Raises:
        ReleaseError: nothing is published, the release is of another schema or damaged, or its index does not give its ranking.
        DatabaseGoneError: the connection was lost.
    """
    make_release_constraints(database)
    _, version = begin_release(database, schema)
    release = active_release(database)
    progress(f"reading release {release.version}", 0, 0)
    if not release.columns:
        raise ReleaseError(
            f"release {release.version} is of an earlier Hopline ({release.code_version}); run `hopline train` and then "
            "`hopline publish`"
        )
    columns = [_as_wanted(database, read_column(database, schema, release, one), filters) for one in release.columns]
    labels = {domain.label for domain in release.domains}
    of_items = [column for column in columns if column.label in labels and not column.suffix]
    similar = read_similar(database, schema, release, of_items)
    slot = slot_of(version, Scales.of_release(release), columns, similar)
    _check(database, release, slot)
    (row,) = database.read(load("publish/read_active_release"))
    properties = {name: value for name, value in row["properties"].items() if name not in _OF_THE_OLD | _WIDTHS}
    params = {"version": version, "properties": properties | _changed(slot, release)}
    database.write(load("publish/create_release"), params)
    features = read_features(database, release.version)
    write_and_serve(database, schema, version, slot, features, _ranking(release, columns), lease, progress)
    return active_release(database)


def _check(database: Database, release: Release, slot: Slot) -> None:
    """See that vectors are those that were published; relationships may lack those to items that were deleted since."""
    published = read_checksums(database, release.version)
    for column in slot.columns:
        key = (column.label, column.suffix)
        if key in published and (wrong := slot.checksums[key].unlike(published[key])).any():
            raise ReleaseError(
                f"release {release.version} is damaged: {int(wrong.sum())} {column.label} vectors are not those published, the "
                f"first that of {column.ids[wrong][0]!s}: activate another, or publish anew"
            )


def _as_wanted(database: Database, column: VectorColumn, filters: Indexed) -> VectorColumn:
    return replace(column, filters=narrowed_by(column, filters) if database.supports_search else ())


def _changed(slot: Slot, release: Release) -> dict[str, Any]:
    """Return what the record of a slot has otherwise than that of the release which it is a copy of."""
    numbers = {(column.label, column.suffix): len(column.ids) for column in slot.columns}
    users = [column.label for column in slot.columns if NORM in column.beside]
    changed: dict[str, Any] = {
        "slot": slot.number,
        "num_users": numbers[users[0], ""],
        "num_items": [numbers[domain.label, ""] for domain in release.domains],
        "columns": told_columns(slot.columns),
        "checksum": total(slot.checksums),
    }
    if release.people is not None:
        changed["num_people"] = numbers[users[0], ASKED]
    if slot.similar is not None:
        changed["similar"] = similar_type(slot.number)
        changed["num_similar"] = [one.number for one in slot.similar.of_domains]
    return changed


def _ranking(release: Release, columns: Sequence[VectorColumn]) -> ReleaseDraft:
    """Return the vectors that the indexes must rank by, which columns stand for."""
    by_key = {(column.label, column.suffix): column for column in columns}
    (of_users,) = [column for column in columns if NORM in column.beside]
    users = _decoded(of_users, release.code) * of_users.beside[NORM][:, None]
    items = [by_key[domain.label, ""] for domain in release.domains]
    people = None
    if release.people is not None:
        asking, asked = by_key[of_users.label, ASKING], by_key[of_users.label, ASKED]
        people = PeopleVectors(_as_vectors(asking, _decoded(asking, "float32")), _as_vectors(asked, _decoded(asked, "float32")))
    return ReleaseDraft(
        users=_as_vectors(of_users, users),
        items=tuple(_as_vectors(one, _decoded(one, release.code) * np.float32(release.scale)) for one in items),
        config={},
        metrics={},
        popular={},
        people=people,
        code=of_users.code,
    )


def _decoded(column: VectorColumn, code: Code | str) -> Any:
    return decode(column.vectors, code, is_indexed=column.is_indexed)


def _as_vectors(column: VectorColumn, vectors: Any) -> Embeddings:
    return Embeddings(column.label, column.ids, np.ascontiguousarray(vectors))
