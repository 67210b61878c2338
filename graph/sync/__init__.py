"""The snapshot, kept in Arrow files between runs and brought up to date by reading only what changed.

The embedded server tells from its transaction log which nodes and relationships changed since a point in its history (see
``graph.server.journal``); those are read again, and the others are taken from the cache.
"""

from graph.sync.check import Difference, check_cache
from graph.sync.report import Counts, Synced, SyncKind, SyncReport
from graph.sync.synced import sync

__all__ = ["Counts", "Difference", "SyncKind", "SyncReport", "Synced", "check_cache", "sync"]
