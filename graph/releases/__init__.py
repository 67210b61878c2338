"""What was published: the records, which release serves, going back, clearing away, and what is checked before."""

from graph.releases.collect import collect_releases, remove_release
from graph.releases.record import (
    Domain,
    Release,
    active_release,
    complete_release,
    index_name,
    is_there,
    list_releases,
    read_release,
    release_name,
)
from graph.releases.switch import activate, rollback

__all__ = [
    "Domain",
    "Release",
    "activate",
    "active_release",
    "collect_releases",
    "complete_release",
    "index_name",
    "is_there",
    "list_releases",
    "read_release",
    "release_name",
    "remove_release",
    "rollback",
]
