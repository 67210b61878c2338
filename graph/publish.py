"""Publish vectors: written beside the active release, indexed, checked, and only then made active."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib import metadata
from typing import Any

from cypher import load
from graph.database import Database
from graph.embeddings import ReleaseDraft
from graph.errors import ReleaseError
from graph.progress import OnStage, silent
from graph.releases import Release, active_release
from graph.releases.checksums import total
from graph.releases.collect import KEPT, expendable
from graph.releases.columns import served_draft, told_columns
from graph.releases.lease import hold_lease
from graph.releases.record import similar_type
from graph.releases.serve import Gate, begin_release, make_release_constraints, write_and_serve
from graph.releases.slot import Slot, new_slot, slot_over
from graph.schema import Schema
from graph.task_vectors import stored_tasks, tasks_as_json


def publish(
    database: Database,
    schema: Schema,
    draft: ReleaseDraft,
    progress: OnStage = silent,
    *,
    keep: int = KEPT,
    gate: Gate | None = None,
) -> Release:
    """Write a draft as the next version and make it active.

    Whatever goes wrong before the last step, the old release serves on; what a crash left half-written, the next publish or
    collection takes away. Where more than ``keep`` releases would be there now, the new one may be written over one of those
    beyond, if it differs from it in few vectors: those alone are written then, and its indexes are kept. The release that
    serves and the one before it stay as they are. ``gate`` may look at the new release, whole and indexed, before it serves.

    Raises:
        ReleaseError: ids that the graph does not hold, labels that the schema does not have, an index that does not give the
            draft's ranking, a ``gate`` that held it back, or another publish at work.
        DatabaseGoneError: the connection was lost; publish again.
    """
    _check_labels(schema, draft)
    if not database.supports_search:
        people = None if draft.people is None else replace(draft.people, filters=())
        draft = replace(draft, filters=(), people=people)
    make_release_constraints(database)
    with hold_lease(database) as lease:
        releases, version = begin_release(database, schema)
        slot = slot_over(database, draft, expendable(releases, keep))
        slot = _create_record(database, draft, slot or new_slot(draft, version), version)
        if slot.over is not None:
            progress(f"writing {slot.num_changed:,} of {slot.num_vectors:,} vectors over release {slot.over.version}", 0, 0)
        served = served_draft(draft, slot.columns, slot.scales)
        write_and_serve(database, schema, version, slot, draft.features, served, lease, progress, gate)
    return active_release(database)


def _check_labels(schema: Schema, draft: ReleaseDraft) -> None:
    given = (draft.users.label, *(items.label for items in draft.items))
    known = [kind.label for kind in schema.items]
    if given[0] != schema.user.label or not set(given[1:]) <= set(known):
        raise ReleaseError(
            f"got vectors of users {given[0]!r} and items {list(given[1:])}; the graph's schema has users "
            f"{schema.user.label!r} and items {known}: they were learnt of another schema, so run `hopline train` again"
        )


def _create_record(database: Database, draft: ReleaseDraft, slot: Slot, version: int) -> Slot:
    """Make the record of a release, and return its slot: another if the one chosen is no longer to be had."""
    properties: dict[str, Any] = {
        "slot": slot.number,
        "dimensions": draft.users.vectors.shape[1],
        "num_users": len(draft.users.ids),
        "item_labels": [items.label for items in draft.items],
        "num_items": [len(items.ids) for items in draft.items],
        "code": draft.code,
        "scale": slot.scales.items,
        "columns": told_columns(slot.columns),
        "config": json.dumps(draft.config, ensure_ascii=False),
        "metrics": json.dumps(draft.metrics),
        "data": json.dumps(draft.data),
        "popular": json.dumps({items.label: draft.popular.get(items.label, []) for items in draft.items}),
        "tasks": tasks_as_json(stored_tasks(draft.predictors)),
        "checksum": total(slot.checksums),
        "code_version": metadata.version("hopline"),
    }
    if draft.people is not None:
        asked = draft.people.asked
        properties |= {"people_label": asked.label, "num_people": len(asked.ids), "people_scale": slot.scales.people}
    if slot.scales.grid is not None:
        properties |= {"reach": slot.scales.grid.reach, "steps": slot.scales.grid.steps}
    if draft.similar is not None:
        properties |= {
            "retrieve": draft.retrieve,
            "similar": similar_type(slot.number),
            "similar_by": draft.similar.by,
            "similar_k": max(one.places.shape[1] for one in draft.similar.of_domains),
            "num_similar": [one.number for one in draft.similar.of_domains],
        }
    if draft.met is not None:
        properties |= draft.met.sum.to_properties()
    params = {"version": version, "properties": properties}
    if slot.over is None:
        database.write(load("publish/create_release"), params)
    elif not database.write(load("publish/replace_release"), params | {"over": slot.over.version}):
        return _create_record(database, draft, new_slot(draft, version), version)  # somebody made it active meanwhile
    return slot
