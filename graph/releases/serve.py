"""From a record to the release that serves: what is in a slot is written, indexed and checked, and only then made active."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

from cypher import HoplineError, load
from graph.database import Database
from graph.embeddings import ReleaseDraft
from graph.errors import DatabaseGoneError, ReleaseError
from graph.progress import OnStage
from graph.releases.check import Widths, check_release
from graph.releases.checksums import write_checksums
from graph.releases.collect import remove_incomplete, remove_release
from graph.releases.features import write_features
from graph.releases.fill import fill_slot
from graph.releases.lease import Lease
from graph.releases.link import link_similar
from graph.releases.record import Release, list_releases, read_release
from graph.releases.slot import Slot
from graph.schema import Schema

Gate = Callable[[Release], dict[str, Any]]
"""Told of a release that is complete and does not serve yet; returns what it measured, or holds it back by a ReleaseError."""


def make_release_constraints(database: Database) -> None:
    """See that a version is taken once, and that there is one pointer."""
    database.schema(load("publish/create_release_constraint"))
    database.schema(load("publish/create_pointer_constraint"))


def begin_release(database: Database, schema: Schema) -> tuple[list[Release], int]:
    """Take away what was left half-written; return the releases that are there, and the next version; needs the lease."""
    remove_incomplete(database, schema)
    releases = list_releases(database)
    known = {"known": max((release.version for release in releases), default=0)}
    return releases, database.write(load("publish/take_version"), known)[0]["version"]


def write_and_serve(
    database: Database,
    schema: Schema,
    version: int,
    slot: Slot,
    features: dict[str, Any],
    served: ReleaseDraft,
    lease: Lease,
    progress: OnStage,
    gate: Gate | None = None,
) -> None:
    """Write what a release, whose record is made, has in its slot, hold its indexes against ``served``, and make it active.

    Whatever goes wrong before the last step, it is taken away again.

    Raises:
        ReleaseError: ids that the graph does not hold, an index that does not give the ranking, or a ``gate`` that refused.
        DatabaseGoneError: the connection was lost.
    """
    try:
        if not write_features(database, version, features):
            raise _taken_away(version)
        write_checksums(database, version, slot.checksums)
        fill_slot(database, schema, slot, progress, lease.check)
        link_similar(database, schema, slot, progress, lease.check)
        progress("checking", 0, 1)
        widths = check_release(database, schema, served, version, slot.number, slot.over)
        progress("checking", 1, 1)
        measured = {} if gate is None else gate(_with_widths(read_release(database, version), widths))
        lease.check()
        params = {
            "version": version,
            "search_widths": [width.first for width in widths.domains],
            "deep_search_widths": [width.deep for width in widths.domains],
            "people_search_width": None if widths.people is None else widths.people.first,
            "people_deep_search_width": None if widths.people is None else widths.people.deep,
            "canary": json.dumps(measured),
        }
        if not database.write(load("publish/serve_release"), params):
            raise _taken_away(version)
    except DatabaseGoneError:
        raise
    except BaseException:
        with suppress(HoplineError):  # as on a full disk: the next publish takes it away
            remove_release(database, schema, version)
        raise


def _taken_away(version: int) -> ReleaseError:
    return ReleaseError(
        f"release {version} was taken away by another publish or collection while it was written; publish again"
    )


def _with_widths(release: Release, widths: Widths) -> Release:
    domains = zip(release.domains, widths.domains, strict=True)
    return replace(release, domains=tuple(replace(domain, search_widths=width) for domain, width in domains))
