"""The relationships between items of the active release, against what its record says."""

from __future__ import annotations

from cypher import load
from graph.checkup.finding import Finding
from graph.choice import Choice
from graph.database import Database
from graph.errors import NotFoundError, ReleaseError
from graph.fused import neighbours_in
from graph.neighbours import Retrieve
from graph.releases import Domain, Release, active_release
from graph.releases.record import StoredNeighbours
from graph.releases.verify import count_similar

_SUBJECT = "neighbours"


def check_neighbours(database: Database, retrieve: Retrieve | None) -> list[Finding]:
    """Say where there are fewer or more than were published, or none where ``[ask] retrieve`` would find answers by them.

    Fewer is a problem where recommendations are found by them; items that were deleted took theirs along.

    Raises:
        DatabaseError: the user may not ask, or the server was lost.
    """
    try:
        release = active_release(database)
    except ReleaseError:  # nothing is published
        return []
    fuses = Choice(retrieve=retrieve).fuses(release)
    if release.similar is None:
        return _without(release) if fuses else []
    findings: list[Finding] = []
    for domain in release.domains:
        findings += _of_domain(database, release, release.similar, domain, fuses)
    number = sum(release.similar.numbers.values())
    what = f"all {number:,} relationships between items of the active release {release.version} are there"
    return findings or [Finding.ok(_SUBJECT, what)]


def _without(release: Release) -> list[Finding]:
    try:
        neighbours_in(release)
    except NotFoundError as error:
        return [Finding.of_error(_SUBJECT, error)]
    return []


def _of_domain(database: Database, release: Release, similar: StoredNeighbours, domain: Domain, fuses: bool) -> list[Finding]:
    published, counted = similar.numbers[domain.label], count_similar(database, similar, domain.label)
    if counted == published:
        return []
    names = {"label": domain.label, "property": release.name}
    gone = domain.num_items - database.read(load("publish/count_vectors"), {}, names)[0]["number"]
    what = (
        f"{counted:,} relationships of type {similar.type} lead from {domain.label} to others, and {published:,} were published"
    )
    anew = "run hopline publish, which writes them anew, or hopline rollback"
    if counted > published:
        return [Finding.warning(_SUBJECT, f"{what}: something else wrote such", anew)]
    if gone > 0:
        deleted = f"{what}; {gone:,} items were deleted since, and those from and to them"
        return [Finding.warning(_SUBJECT, deleted, "nothing, if these were all; else run hopline publish")]
    if not fuses:
        return [Finding.warning(_SUBJECT, f"{what}: something else deleted some", anew)]
    return [Finding.problem(_SUBJECT, f"{what}: recommendations are found by fewer than they were measured with", anew)]
