"""Which release serves: one pointer, moved in one transaction, forth and back."""

from __future__ import annotations

from cypher import load
from graph.database import Database
from graph.errors import ReleaseError
from graph.releases.record import Release, active_release, complete_release
from graph.releases.verify import verify_release
from graph.schema import Schema


def activate(database: Database, schema: Schema, version: int, *, check: bool = True) -> Release:
    """Make a release the active one; the one that was active is what rolling back leads to.

    ``check`` holds some of its vectors against the checksums that it was published with, and sees that its indexes are there.

    Raises:
        ReleaseError: there is no such release, its writing did not end, it is of another schema, or its vectors are not those
            that were published.
    """
    release = complete_release(database, version)
    if check:
        verify_release(database, schema, release)
    if not database.write(load("publish/activate_release"), {"version": version}):
        raise ReleaseError(f"release {version} was taken away meanwhile; look at `hopline releases`")
    return active_release(database)


def rollback(database: Database, schema: Schema, *, check: bool = True) -> Release:
    """Make the release active again that was active before the one that is; ``check`` as for :func:`activate`.

    Raises:
        ReleaseError: nothing is active, there was none before it or it is no longer there, or its vectors are not those that
            were published.
    """
    current = active_release(database)
    if current.before is None:
        raise ReleaseError(f"release {current.version} is active and there is none before it to go back to")
    release = complete_release(database, current.before)
    if check:
        verify_release(database, schema, release)
    params = {"version": release.version, "active": current.version}
    if not database.write(load("publish/roll_back"), params):
        raise ReleaseError(
            f"release {current.version} is no longer active, or {release.version} was taken away, as somebody else moved on "
            "meanwhile; look at `hopline releases`, and roll back again if need be"
        )
    return active_release(database)
