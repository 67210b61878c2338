"""Publish vectors: written beside the active release, indexed, checked, and only then made active."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib import metadata
from typing import Any

from cypher import HoplineError, load
from graph.database import Database
from graph.embeddings import Indexable, ReleaseDraft, make_indexable
from graph.errors import DatabaseError, DatabaseGoneError, ReleaseError
from graph.node_vectors import write_vectors
from graph.progress import OnStage, silent
from graph.release_check import check_release
from graph.release_features import write_features
from graph.releases import (
    Release,
    activate,
    asking_vector,
    index_name,
    is_there,
    list_releases,
    people_vector,
    release_name,
    remove_release,
)
from graph.schema import Schema

AWAIT_INDEX_S = 1800


def publish(database: Database, schema: Schema, draft: ReleaseDraft, progress: OnStage = silent) -> Release:
    """Write a draft as the next version and make it active.

    Whatever goes wrong before the last step, the old release serves on; what a crash left half-written, the next publish
    takes away. Of two at a time the later wins, as it cannot tell the other from a crashed one.

    Raises:
        ReleaseError: ids that the graph does not hold, an index that does not give the draft's ranking, or another publish
            that began later.
        DatabaseGoneError: the connection was lost; publish again.
    """
    database.schema(load("publish/create_release_constraint"))
    database.schema(load("publish/create_pointer_constraint"))
    known = list_releases(database)
    for release in known:
        if not release.ready and not release.active:
            remove_release(database, schema, release.version)
    version = max((release.version for release in known), default=0) + 1
    indexable = make_indexable(draft.users, draft.items)
    people = None if draft.people is None else make_indexable(draft.people.asking, [draft.people.asked])
    _create_record(database, draft, indexable, people, version)
    try:
        if not write_features(database, version, draft.features):
            raise _overtaken(version)
        _write(database, schema, draft, indexable, people, version, progress)
        progress("checking", 0, 1)
        widths = check_release(database, schema, draft, version)
        progress("checking", 1, 1)
        checked = {"version": version, "search_widths": widths.domains, "people_search_width": widths.people}
        if not database.write(load("publish/mark_ready"), checked):
            raise _overtaken(version)
    except DatabaseGoneError:
        raise
    except BaseException as error:
        kept = is_there(database, version)
        remove_release(database, schema, version)
        if isinstance(error, HoplineError) and not kept:
            raise _overtaken(version) from error
        raise
    return activate(database, version)


def _overtaken(version: int) -> ReleaseError:
    return ReleaseError(
        f"release {version} was taken away while it was written, as another publish began meanwhile; let one end before the "
        "next begins, and publish again if this one is wanted"
    )


def _create_record(
    database: Database, draft: ReleaseDraft, indexable: Indexable, people: Indexable | None, version: int
) -> None:
    properties: dict[str, Any] = {
        "dimensions": draft.users.vectors.shape[1],
        "num_users": len(draft.users.ids),
        "item_labels": [items.label for items in draft.items],
        "num_items": [len(items.ids) for items in draft.items],
        "scale": indexable.scale,
        "config": json.dumps(draft.config, ensure_ascii=False),
        "metrics": json.dumps(draft.metrics),
        "popular": json.dumps({items.label: draft.popular.get(items.label, []) for items in draft.items}),
        "code_version": metadata.version("hopline"),
    }
    if draft.people is not None and people is not None:
        properties |= {"num_people": len(draft.people.asked.ids), "people_scale": people.scale}
    try:
        database.write(load("publish/create_release"), {"version": version, "properties": properties})
    except DatabaseGoneError:
        raise
    except DatabaseError as error:
        raise ReleaseError(
            f"release {version} is being written by another publish ({error}); wait for it, then try again"
        ) from error


def _write(
    database: Database,
    schema: Schema,
    draft: ReleaseDraft,
    indexable: Indexable,
    people: Indexable | None,
    version: int,
    progress: OnStage,
) -> None:
    name = release_name(version)
    total = len(draft.users.ids) + sum(len(items.ids) for items in draft.items)
    if draft.people is not None:
        total += len(draft.people.asking.ids) + len(draft.people.asked.ids)
    done = 0

    def tell(written: int) -> None:
        nonlocal done
        done += written
        progress("writing vectors", done, total)

    for items, vectors in zip(draft.items, indexable.items, strict=True):
        write_vectors(database, schema, replace(items, vectors=vectors), name, on_batch=tell)
    users = replace(draft.users, vectors=indexable.users)
    write_vectors(database, schema, users, name, indexable.norms, on_batch=tell)
    indexes = [(index_name(version, items.label), items.label, name, indexable) for items in draft.items]
    if draft.people is not None and people is not None:
        asking = replace(draft.people.asking, vectors=people.users)
        asked = replace(draft.people.asked, vectors=people.items[0])
        write_vectors(database, schema, asking, asking_vector(version), on_batch=tell)
        write_vectors(database, schema, asked, people_vector(version), on_batch=tell)
        indexes.append((people_vector(version), asked.label, people_vector(version), people))
    progress("building the index", 0, 1)
    for index, label, property_, of_index in indexes:
        names = {"index": index, "label": label, "property": property_}
        database.schema(load("publish/create_vector_index"), {"dimensions": of_index.users.shape[1]}, names)
    database.read(load("schema/await_indexes"), {"timeout_s": AWAIT_INDEX_S})
    progress("building the index", 1, 1)
