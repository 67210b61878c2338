"""The records of releases: what each is made of, and which one serves."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from cypher import load
from graph.codes import Grid, is_whole, number_for_zero
from graph.database import Database
from graph.errors import NotFoundError, ReleaseError
from graph.event_sum import EventSum
from graph.neighbours import Retrieve
from graph.task_vectors import StoredTask, tasks_from_json

NORM = "_norm"
"""Suffix of the property with the length of a user's vector."""
MET = "_met"
"""Suffix of the property of an item by which those who met it ask; see ``graph.met_vectors``."""
KNOWN = "_known"
"""Suffix of the property with how many events of a user a release has learnt from."""
SIMILAR = "_similar"
"""Stands for what a release has between items of a label, where its columns are told by suffixes."""
ASKED, ASKING = "_people", "_asking"
"""Suffixes of the properties by which users are found for others, and by which they find others."""
NUM_POPULAR = 200
"""Popular items of each domain that a release keeps, for users it does not know."""

FIRST_K, DEEP_K = 10, 100
"""How far down the ranking an index is held against exact search: most answers end there, and nearly all do."""


@dataclass(frozen=True)
class SearchWidths:
    """How many vectors an index must be asked for, at least, to give the model's ranking; 0 until it is known.

    ``first`` is for its first ``FIRST_K``, ``deep`` for the first ``DEEP_K``: what is right for the ones is not for the others.
    """

    first: int = 0
    deep: int = 0

    def of(self, k: int) -> int:
        """Return that for the first ``k``."""
        return self.first if k <= FIRST_K else self.deep


@dataclass(frozen=True)
class Domain:
    """What a release has of the items of one domain, the label ``label``.

    ``search_widths`` tells how wide its index must be searched; ``popular`` holds ids, the most popular first; ``filters`` the
    properties of items by which the index can be narrowed.
    """

    label: str
    index: str
    num_items: int
    search_widths: SearchWidths
    popular: list[Any]
    filters: tuple[str, ...] = ()

    @property
    def number(self) -> int:
        """How many vectors its index has."""
        return self.num_items


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
    search_widths: SearchWidths
    scale: float
    filters: tuple[str, ...] = ()

    @property
    def number(self) -> int:
        """How many vectors its index has."""
        return self.num_people


@dataclass(frozen=True)
class StoredNeighbours:
    """The relationships of type ``type`` that a release has from each item to its ``k`` strongest neighbours at most.

    ``by`` tells what likeness was measured by (``graph.neighbours.WeighedBy``), ``numbers`` how many there are, by domain.
    """

    type: str
    by: str
    k: int
    numbers: dict[str, int]


@dataclass(frozen=True)
class StoredColumn:
    """A vector a node that a release keeps on ``number`` nodes of a label; see ``graph.embeddings.VectorColumn``.

    Releases of a Hopline that knew one code tell of none.
    """

    label: str
    suffix: str
    beside: tuple[str, ...]
    is_indexed: bool
    number: int
    dimensions: int
    code: str = "float32"
    filters: tuple[str, ...] = ()


@dataclass(frozen=True)
class Release:
    """One published version. ``scale`` turns an index score back into a dot product; see ``graph.embeddings``.

    ``code`` tells what its vectors are written as, ``longest`` the length of the longest item's and ``grid`` what items are
    rounded to, None for floats; see ``graph.codes``.

    ``slot`` is the version that made its properties and indexes, another than ``version`` where it was written over the release
    that had them. ``before`` is the release that was active before it, None if there was none or it never was active itself;
    ``is_previous`` tells whether rolling back leads to this one, ``in_experiment`` whether an experiment that runs answers
    users by it. ``columns`` are what it keeps on nodes, ``checksum`` is that of all of it. ``data`` tells what was learnt
    from (``ReleaseDraft``), ``canary`` what was measured before it served, empty if nothing was. ``created_at`` and ``age_s``
    are by the server's clock.

    ``people`` is None for a release whose training learnt no ties between users, ``similar`` for one without neighbours of
    items. ``retrieve`` is what finds its recommendations unless a question says otherwise, as validation chose. ``tasks`` tell
    what it foretells of users and items, by task and domain. ``domains`` is empty for one of a Hopline that knew no domains: it
    can be listed and taken away, not asked.
    """

    version: int
    active: bool
    is_previous: bool
    in_experiment: bool
    ready: bool
    slot: int
    before: int | None
    created_at: str
    age_s: int
    dimensions: int
    num_users: int
    code: str
    longest: float
    grid: Grid | None
    columns: tuple[StoredColumn, ...]
    domains: tuple[Domain, ...]
    people: PeopleIndex | None
    met: EventSum | None
    similar: StoredNeighbours | None
    retrieve: Retrieve
    tasks: tuple[StoredTask, ...]
    config: dict[str, Any]
    metrics: dict[str, float]
    data: dict[str, Any]
    canary: dict[str, Any]
    checksum: str
    code_version: str

    @property
    def state(self) -> str:
        """``active``, ``experiment`` (of one that runs), ``previous`` (rolling back leads to it), ``ready``, ``incomplete``."""
        if self.active:
            return "active"
        if not self.ready:
            return "incomplete"
        if self.in_experiment:
            return "experiment"
        return "previous" if self.is_previous else "ready"

    @property
    def scale(self) -> float:
        """What turns a cosine of the index, times the length of the user's vector, back into a dot product."""
        return self.longest * (1.0 if self.grid is None else self.grid.reach)

    @property
    def zero(self) -> float:
        """The number that stands for 0 in a user's vector.

        Raises:
            ReleaseError: the release is in a code that this Hopline does not know.
        """
        return number_for_zero(self.code)

    @property
    def is_whole(self) -> bool:
        """Whether items' vectors are whole numbers, whose mean is there for the index alone.

        Raises:
            ReleaseError: the release is in a code that this Hopline does not know.
        """
        return is_whole(self.code)

    @property
    def name(self) -> str:
        """Name of the release's vector property."""
        return release_name(self.slot)

    @property
    def met_property(self) -> str:
        """Name of the property of an item by which those who met it ask."""
        return self.name + MET

    @property
    def known_property(self) -> str:
        """Name of the property with how many events of a user it has learnt from."""
        return self.name + KNOWN

    @property
    def norm_property(self) -> str:
        """Name of the property with the length of a user's vector."""
        return self.name + NORM

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

    def task(self, name: str, label: str) -> StoredTask:
        """Return what it foretells by a task of the items of a domain.

        Raises:
            NotFoundError: it has nothing of it.
        """
        for one in self.tasks:
            if (one.task, one.label) == (name, label):
                return one
        there = ", ".join(f"{one.task} of {one.label}" for one in self.tasks) or "nothing"
        raise NotFoundError(
            f"release {self.version} does not have what the task {name!r} tells of {label}; it has {there}: run `hopline "
            "publish` with a scenario in [ask.scenarios] that weighs the task"
        )


def release_name(slot: int) -> str:
    """Return the name of a slot's vector property, the same on users and on the items of every domain."""
    return f"hopline_v{slot}"


def index_name(slot: int, label: str, suffix: str = "") -> str:
    """Return the name of a slot's index of one label, on the property with ``suffix``; no two have the same."""
    return f"{release_name(slot)}{suffix} {label}"


def similar_type(slot: int) -> str:
    """Return the type of a slot's relationships between items."""
    return f"HOPLINE_SIMILAR_V{slot}"


def stored_columns(text: str) -> tuple[StoredColumn, ...]:
    """Return columns as a record tells of them, in JSON."""
    lists = ("beside", "filters")
    return tuple(StoredColumn(**column | {name: tuple(column.get(name, ())) for name in lists}) for column in json.loads(text))


def list_releases(database: Database) -> list[Release]:
    """Return all releases, the newest first, those included whose writing did not end."""
    return [stored_release(row) for row in database.read(load("publish/read_releases"))]


def read_release(database: Database, version: int) -> Release:
    """Return one release, complete or not.

    Raises:
        ReleaseError: there is none of this version.
    """
    return _of_version(list_releases(database), version, "release")


def complete_release(database: Database, version: int) -> Release:
    """Return one release that can be asked.

    Raises:
        ReleaseError: there is none of this version, or it is being written or taken away.
    """
    return _of_version([release for release in list_releases(database) if release.ready], version, "complete release")


def _of_version(releases: list[Release], version: int, what: str) -> Release:
    for release in releases:
        if release.version == version:
            return release
    raise ReleaseError(f"there is no {what} {version}; there are {[release.version for release in releases]}")


def active_release(database: Database) -> Release:
    """Return the release that serves.

    Raises:
        ReleaseError: nothing was published.
    """
    while rows := database.read(load("publish/read_active_release")):
        if rows[0]["properties"] is not None:
            return stored_release(rows[0] | {"active": True, "previous": False})
        # Taken away between the two reads, which needs the pointer to have moved on: look again.
    raise ReleaseError("nothing is published yet; run `hopline train`, then `hopline publish`")


def is_there(database: Database, version: int) -> bool:
    """Return whether there is a release, complete or being written, that is not being taken away."""
    found = database.read(load("publish/read_release"), {"version": version})
    return bool(found) and not found[0]["retired"]


def stored_release(row: dict[str, Any]) -> Release:
    """Return a release as its record tells of it: properties, when it was made, and what part it has in serving."""
    properties = dict(row["properties"])
    version, labels = properties["version"], properties.get("item_labels", [])
    slot = int(properties.get("slot") or version)
    popular = json.loads(properties["popular"]) if labels else {}
    widths: list[int] = properties.get("search_widths", [0] * len(labels))
    deep_widths: list[int] = properties.get("deep_search_widths", widths)  # a Hopline of before looked ten items deep
    counts = properties["num_items"] if labels else []
    columns = stored_columns(properties.get("columns", "[]"))
    filters = {column.label: column.filters for column in columns if not column.suffix}
    of_people = next((column.filters for column in columns if column.suffix == ASKED), ())
    return Release(
        version=version,
        active=row["active"],
        is_previous=row["previous"],
        in_experiment=row["tested"],
        ready=properties["ready"],
        slot=slot,
        before=properties.get("before"),
        created_at=row["created_at"],
        age_s=row["age_s"],
        dimensions=properties["dimensions"],
        num_users=properties["num_users"],
        code=properties.get("code", "float32"),
        longest=properties["scale"],
        grid=Grid(properties["reach"], properties["steps"], properties["code"]) if "reach" in properties else None,
        columns=columns,
        domains=tuple(
            Domain(label, index_name(slot, label), num_items, SearchWidths(*of_index), popular[label], filters.get(label, ()))
            for label, num_items, *of_index in zip(labels, counts, widths, deep_widths, strict=True)
        ),
        people=None if properties.get("num_people") is None else _people(properties, slot, of_people),
        met=EventSum.from_properties(properties),
        similar=_neighbours(properties),
        retrieve=properties.get("retrieve", "vectors"),
        tasks=tasks_from_json(properties.get("tasks", "[]")),
        config=json.loads(properties["config"]),
        metrics=json.loads(properties["metrics"]),
        data=json.loads(properties.get("data", "{}")),
        canary=json.loads(properties.get("canary", "{}")),
        checksum=properties.get("checksum", ""),
        code_version=properties["code_version"],
    )


def _neighbours(properties: dict[str, Any]) -> StoredNeighbours | None:
    if "similar" not in properties:
        return None
    numbers = dict(zip(properties["item_labels"], properties["num_similar"], strict=True))
    return StoredNeighbours(properties["similar"], properties["similar_by"], properties["similar_k"], numbers)


def _people(properties: dict[str, Any], slot: int, filters: tuple[str, ...]) -> PeopleIndex:
    name = release_name(slot)
    width = properties.get("people_search_width", 0)
    return PeopleIndex(
        index=index_name(slot, properties["people_label"], ASKED),
        vector=f"{name}{ASKED}",
        asking_vector=f"{name}{ASKING}",
        num_people=properties["num_people"],
        search_widths=SearchWidths(width, properties.get("people_deep_search_width", width)),
        scale=properties["people_scale"],
        filters=filters,
    )
