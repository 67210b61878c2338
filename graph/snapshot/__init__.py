"""The graph as numpy columns: read whole columns at a time over Bolt, nodes numbered by the order of their ids.

A row a relationship costs a record and its decoding each; a column is one list. Numbering by id, not by where the store
happens to hold a node, makes everything learnt from a snapshot repeatable.
"""

from graph.snapshot.columns import Column, EdgeColumns, NodeColumns, Snapshot, Triple
from graph.snapshot.read import read_snapshot

__all__ = ["Column", "EdgeColumns", "NodeColumns", "Snapshot", "Triple", "read_snapshot"]
