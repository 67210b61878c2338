"""Releases: what was published, which one serves, going back, and clearing away."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from cypher import load
from graph.database import Database
from graph.errors import ReleaseError
from graph.schema import Schema

VECTORS_A_BATCH = 10_000


@dataclass(frozen=True)
class Domain:
    """What a release has of the items of one domain, the label ``label``.

    ``search_width`` is how many items the index must be asked for, at least, to give the model's ranking; 0 until it is known.
    ``popular`` holds ids, the most popular first.
    """

    label: str
    index: str
    num_items: int
    search_width: int
    popular: list[Any]


@dataclass(frozen=True)
class PeopleIndex:
    """What a release has to suggest users to users.

    ``vector`` names the property that is indexed, ``asking_vector`` that of the user who asks; ``scale`` turns an index score
    back into a dot product, and the others are as a domain has them.
    """

    index: str
    vector: str
    asking_vector: str
    num_people: int
    search_width: int
    scale: float


@dataclass(frozen=True)
class Release:
    """One published version. ``scale`` turns an index score back into a dot product; see ``graph.embeddings``.

    ``people`` is None for a release whose training learnt no ties between users. ``domains`` is empty for one of a Hopline that
    knew no domains: it can be listed and taken away, not asked.
    """

    version: int
    active: bool
    ready: bool
    created_at: str
    dimensions: int
    num_users: int
    scale: float
    domains: tuple[Domain, ...]
    people: PeopleIndex | None
    config: dict[str, Any]
    metrics: dict[str, float]
    code_version: str

    @property
    def name(self) -> str:
        """Name of the release's vector property."""
        return release_name(self.version)

    @property
    def norm_property(self) -> str:
        """Name of the property with the length of a user's vector."""
        return f"{self.name}_norm"

    def domain(self, label: str) -> Domain:
        """Return what the release has of one domain.

        Raises:
            ReleaseError: it has nothing of it.
        """
        for domain in self.domains:
            if domain.label == label:
                return domain
        if not self.domains:
            raise ReleaseError(
                f"release {self.version} is of an earlier Hopline ({self.code_version}), which knew one kind of items; run "
                "`hopline train` and `hopline publish`"
            )
        raise ReleaseError(
            f"release {self.version} has nothing of the domain {label!r}, but of {[domain.label for domain in self.domains]}; "
            "run `hopline train` and `hopline publish` once the graph has some"
        )


def release_name(version: int) -> str:
    """Return the name of a version's vector property, the same on users and on the items of every domain."""
    return f"hopline_v{version}"


def index_name(version: int, label: str) -> str:
    """Return the name of a version's index of one domain; no two versions and labels have the same."""
    return f"{release_name(version)} {label}"


def people_vector(version: int) -> str:
    """Return the name of the property by which a version's users are found for others."""
    return f"{release_name(version)}_people"


def asking_vector(version: int) -> str:
    """Return the name of the property by which a version's users find others."""
    return f"{release_name(version)}_asking"


def list_releases(database: Database) -> list[Release]:
    """Return all releases, the newest first, those included whose writing did not end."""
    return [_release(row) for row in database.read(load("publish/read_releases"))]


def active_release(database: Database) -> Release:
    """Return the release that serves.

    Raises:
        ReleaseError: nothing was published.
    """
    while rows := database.read(load("publish/read_active_release")):
        if rows[0]["properties"] is not None:
            return _release(rows[0] | {"active": True})
        # Taken away between the two reads, which needs the pointer to have moved on: look again.
    raise ReleaseError("nothing is published yet; run `hopline train`, then `hopline publish`")


def is_there(database: Database, version: int) -> bool:
    """Return whether there is a release, complete or being written, that is not being taken away."""
    found = database.read(load("publish/read_release"), {"version": version})
    return bool(found) and not found[0]["retired"]


def activate(database: Database, version: int) -> Release:
    """Make a release the active one, in one transaction.

    Raises:
        ReleaseError: there is no such release, or its writing did not end.
    """
    if not database.write(load("publish/activate_release"), {"version": version}):
        known = [release.version for release in list_releases(database) if release.ready]
        raise ReleaseError(f"there is no complete release {version}; there are {known}")
    return active_release(database)


def rollback(database: Database) -> Release:
    """Make the newest complete release before the active one active.

    Raises:
        ReleaseError: nothing is active, or there is no release before it.
    """
    current = active_release(database)
    before = [release for release in list_releases(database) if release.ready and release.version < current.version]
    if not before:
        raise ReleaseError(f"release {current.version} is active and there is none before it to go back to")
    return activate(database, before[0].version)


def collect_releases(database: Database, schema: Schema, keep: int = 2) -> list[int]:
    """Take away old releases but the newest ``keep``, the active one and the one before it; return their versions."""
    releases = [release for release in list_releases(database) if release.ready]
    active = next((place for place, release in enumerate(releases) if release.active), len(releases))
    collected = []
    for place, release in enumerate(releases):
        if place >= keep and place not in {active, active + 1} and remove_release(database, schema, release.version):
            collected.append(release.version)
    return collected


def remove_release(database: Database, schema: Schema, version: int) -> bool:
    """Take away a release's indexes, vectors and record, in that order: cut off, it can be taken away again.

    From the first step on it cannot become active. The active release is left alone; False then.
    """
    retired = database.write(load("publish/retire_release"), {"version": version})
    if not retired and is_there(database, version):
        return False
    name = release_name(version)
    labels = {kind.label: None for kind in (schema.user, *schema.items)}
    # By property: whatever the schema was then, and however an older Hopline named its index.
    for property_ in (name, people_vector(version)):
        for index in database.read(load("publish/read_indexes_by_property"), {"property": property_}):
            database.schema(load("publish/drop_index"), {}, {"index": index["name"]})
            labels |= dict.fromkeys(index["labels"])
    for label in labels:
        names = {
            "label": label,
            "property": name,
            "norm_property": f"{name}_norm",
            "people_property": people_vector(version),
            "asking_property": asking_vector(version),
        }
        while database.write(load("publish/remove_vectors"), {"limit": VECTORS_A_BATCH}, names)[0]["removed"]:
            pass
    database.write(load("publish/delete_release"), {"version": version})
    return True


def _release(row: dict[str, Any]) -> Release:
    properties = dict(row["properties"])
    version, labels = properties["version"], properties.get("item_labels", [])
    popular = json.loads(properties["popular"]) if labels else {}
    widths = properties.get("search_widths", [0] * len(labels))
    counts = properties["num_items"] if labels else []
    return Release(
        version=version,
        active=row["active"],
        ready=properties["ready"],
        created_at=row["created_at"],
        dimensions=properties["dimensions"],
        num_users=properties["num_users"],
        scale=properties["scale"],
        domains=tuple(
            Domain(label, index_name(version, label), num_items, width, popular[label])
            for label, num_items, width in zip(labels, counts, widths, strict=True)
        ),
        people=None if properties.get("num_people") is None else _people(properties),
        config=json.loads(properties["config"]),
        metrics=json.loads(properties["metrics"]),
        code_version=properties["code_version"],
    )


def _people(properties: dict[str, Any]) -> PeopleIndex:
    version = properties["version"]
    return PeopleIndex(
        index=people_vector(version),
        vector=people_vector(version),
        asking_vector=asking_vector(version),
        num_people=properties["num_people"],
        search_width=properties.get("people_search_width", 0),
        scale=properties["people_scale"],
    )
