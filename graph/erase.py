"""Taking a person out of the graph."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cypher import load
from graph.asking import either_type, no_such_node
from graph.database import Database
from graph.releases import list_releases
from graph.schema import Schema


@dataclass(frozen=True)
class Erased:
    """What the graph held of a user, and holds no more.

    ``user_id`` as the graph had it; ``relationships`` by type, those that were shown to them among them; ``properties`` of the
    node that are not Hopline's; ``releases`` that had a vector of them, the newest first.
    """

    user_id: Any
    relationships: dict[str, int]
    properties: list[str]
    releases: list[int]


def erase_user(database: Database, schema: Schema, user_id: Any) -> Erased:
    """Delete a user, all relationships of theirs and their vectors in all releases, in one transaction.

    The ids of events stay, so that an event which is sent again brings nobody back; what they were made of is not kept.

    Raises:
        NotFoundError: there is no such user.
        DatabaseError: Neo4j refused, as where the user may not write, or was lost; nothing is erased then, or all.
    """
    releases = list_releases(database)
    names = {"user": schema.user.label, "user_key": schema.user.key}
    rows = database.write(load("erase/erase_user"), {"user_ids": either_type(user_id)}, names)
    if not rows:
        raise no_such_node([schema.user], user_id)
    (row,) = rows
    of_releases = {
        name: release.version
        for release in releases
        for name in row["properties"]
        if name == release.name or name.startswith(f"{release.name}_")
    }
    return Erased(
        row["user_id"],
        dict(sorted(row["relationships"])),
        sorted(name for name in row["properties"] if name not in of_releases),
        sorted(set(of_releases.values()), reverse=True),
    )
