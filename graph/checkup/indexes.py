"""The indexes and constraints that the schema and the active release need."""

from __future__ import annotations

from typing import Any

from cypher import load
from graph.checkup.finding import Finding
from graph.database import Database
from graph.errors import ReleaseError
from graph.releases import active_release
from graph.schema import NodeKind, NodeRole, Schema

_SUBJECT = "indexes"
_POPULATING, _FAILED = "POPULATING", "FAILED"


def check_indexes(database: Database, schema: Schema | None) -> list[Finding]:
    """Say which are missing, not filled yet, or failed; without a ``schema`` none is known to be missing.

    Raises:
        DatabaseError: the user may not ask, or the server was lost.
    """
    indexes = database.read(load("checkup/read_indexes"))
    findings = [*_failed(indexes), *_populating(indexes), *_release(database, {index["name"] for index in indexes})]
    if schema is not None:
        findings += _keys(database, schema)
    return findings or [Finding.ok(_SUBJECT, f"all {len(indexes)} are there and filled")]


def _failed(indexes: list[dict[str, Any]]) -> list[Finding]:
    return [
        Finding.problem(
            _SUBJECT,
            f"{_told(index)} failed: {index['failure'].strip().partition(chr(10))[0]}",
            f"mend what it says, then run {load('publish/drop_index').render({'index': index['name']})} and make it again",
        )
        for index in indexes
        if index["state"] == _FAILED
    ]


def _populating(indexes: list[dict[str, Any]]) -> list[Finding]:
    return [
        Finding.warning(
            _SUBJECT, f"{_told(index)} is filled to {index['percent']:.0f} %", "wait; answers by it come when it is full"
        )
        for index in indexes
        if index["state"] == _POPULATING
    ]


def _told(index: dict[str, Any]) -> str:
    return f"{index['name']} on {', '.join(index['labels'])} ({', '.join(index['properties'])})"


def _keys(database: Database, schema: Schema) -> list[Finding]:
    unique = {(row["label"], *row["properties"]) for row in database.read(load("inspect/read_unique_properties"))}
    missing = [kind for kind in schema.nodes if kind.role is not NodeRole.ENTITY and (kind.label, kind.key) not in unique]
    return [_no_constraint(kind) for kind in missing]


def _no_constraint(kind: NodeKind) -> Finding:
    statement = load("schema/create_key_constraint").render({"label": kind.label, "key": kind.key})
    what = f"no constraint keeps {kind.key} of {kind.label} unique and found quickly"
    return Finding.warning(_SUBJECT, what, f"hopline publish makes it, or: {statement}")


def _release(database: Database, names: set[str]) -> list[Finding]:
    try:
        release = active_release(database)
    except ReleaseError:  # nothing is published
        return []
    wanted = [domain.index for domain in release.domains] + ([] if release.people is None else [release.people.index])
    missing = [name for name in wanted if name not in names]
    return [
        Finding.problem(
            _SUBJECT,
            f"the vector index {name!r} of the active release {release.version} is not there: nothing can be recommended by it",
            "run hopline index refresh, which makes it again, or hopline rollback",
        )
        for name in missing
    ]
