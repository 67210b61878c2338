"""Where a release's vectors go: to properties of their own, or over those of an old release, of which only some differ.

A slot is a set of properties, the indexes on them, and a type of relationships between items. Two releases never share one: the
old one's record is deleted before the first vector is written over it, so no reader takes a mix for an answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from graph.database import Database
from graph.embeddings import ReleaseDraft, VectorColumn
from graph.neighbours import SimilarItems
from graph.releases.checksums import Checksums, ColumnKey, read_checksums
from graph.releases.columns import Scales, release_columns, told_columns
from graph.releases.record import SIMILAR, Release, StoredColumn, stored_columns

MOST_CHANGED = 0.5
"""Share of vectors above which all are written anew: changing an index in place costs a vector what building one does."""


@dataclass(frozen=True, eq=False)
class Slot:
    """What a release keeps on nodes, and where.

    ``number`` is the version that made the properties; ``over`` the release that has them, None where they are new. ``changed``
    tells of each column's nodes, bool[n], which have to be written, ``moved`` which of these have another vector; of
    the others only what is beside it is written, which no index has. ``similar`` are the neighbours of items, in the order of
    the first columns; what is told of those of a label is told under ``SIMILAR``. ``is_shrinking``: whether nodes of ``over``
    are no longer among them.
    """

    number: int
    over: Release | None
    scales: Scales
    columns: list[VectorColumn]
    similar: SimilarItems | None
    checksums: dict[ColumnKey, Checksums]
    changed: dict[ColumnKey, NDArray[np.bool_]]
    moved: dict[ColumnKey, NDArray[np.bool_]]
    is_shrinking: bool

    @property
    def num_changed(self) -> int:
        """Number of nodes to be written to."""
        return sum(int(changed.sum()) for changed in self.changed.values())

    @property
    def num_moved(self) -> int:
        """Number of vectors to be written."""
        return sum(int(moved.sum()) for moved in self.moved.values())

    @property
    def num_vectors(self) -> int:
        """Number of vectors in all."""
        return sum(map(len, self.changed.values()))


def new_slot(draft: ReleaseDraft, version: int) -> Slot:
    """Return a slot of a version's own."""
    scales = Scales.of(draft)
    return slot_of(version, scales, release_columns(draft, scales), draft.similar)


def slot_of(version: int, scales: Scales, columns: list[VectorColumn], similar: SimilarItems | None) -> Slot:
    """Return a slot of a version's own for columns that are made, items first."""
    checksums = _checksums(columns, similar)
    changed = {key: np.ones(len(sums.ids), np.bool_) for key, sums in checksums.items()}
    return Slot(version, None, scales, columns, similar, checksums, changed, changed, is_shrinking=False)


def slot_over(database: Database, draft: ReleaseDraft, expendable: Sequence[Release]) -> Slot | None:
    """Return the slot of the first of some releases that differs little enough from a draft, None if none does.

    They must be alike in labels, dimensions and what is kept beside the vectors, and no item longer than the old scale.
    """
    for over in expendable:
        scales = Scales.of_release(over)
        if not scales.fit(draft):
            continue
        columns = release_columns(draft, scales)
        if not _have_one_shape(stored_columns(told_columns(columns)), over.columns):
            continue
        old, new = read_checksums(database, over.version), _checksums(columns, draft.similar)
        if old.keys() != new.keys():
            continue
        changed = {key: sums.unlike(old[key]) for key, sums in new.items()}
        moved = {key: changed[key] & sums.moved(old[key]) for key, sums in new.items()}
        is_shrinking = any(old[key].without(sums) for key, sums in new.items())
        slot = Slot(over.slot, over, scales, columns, draft.similar, new, changed, moved, is_shrinking)
        if slot.num_moved <= MOST_CHANGED * slot.num_vectors:
            return slot
    return None


def _checksums(columns: Sequence[VectorColumn], similar: SimilarItems | None) -> dict[ColumnKey, Checksums]:
    sums = {(column.label, column.suffix): Checksums.of(column) for column in columns}
    for column, neighbours in zip(columns, () if similar is None else similar.of_domains, strict=False):
        sums[column.label, SIMILAR] = Checksums.of_neighbours(column.ids, neighbours)
    return sums


def _have_one_shape(one: Sequence[StoredColumn], other: Sequence[StoredColumn]) -> bool:
    return [replace(column, number=0) for column in one] == [replace(column, number=0) for column in other]
