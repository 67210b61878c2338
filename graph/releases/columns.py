"""What a release keeps on the graph's nodes: the columns that a draft stands for."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from graph.codes import Grid, decode, is_whole
from graph.embeddings import Embeddings, ReleaseDraft, VectorColumn, longest, make_coded, make_indexable
from graph.filters import Indexed
from graph.met_vectors import to_bytes
from graph.releases.record import ASKED, ASKING, KNOWN, MET, NORM, Release, StoredColumn
from graph.task_vectors import beside_items, beside_users

_LEAST_LENGTH = 0.5  # of the longest vector, as a share of the scale: much shorter ones lie so close that float32 tells less


@dataclass(frozen=True)
class Scales:
    """The lengths that vectors are divided by, of items and, if they are ranked, of people; see ``graph.embeddings``.

    ``grid`` is what items are rounded to, None for those that stay floats.
    """

    items: float
    people: float | None
    grid: Grid | None = None

    @classmethod
    def of(cls, draft: ReleaseDraft) -> Scales:
        """Return those of a draft by itself: the lengths of the longest vectors."""
        items, people = _lengths(draft)
        return cls(items, people, Grid.of(_parts(draft, items), draft.code) if is_whole(draft.code) else None)

    @classmethod
    def of_release(cls, release: Release) -> Scales:
        """Return those of a release."""
        return cls(release.longest, None if release.people is None else release.people.scale, release.grid)

    def fit(self, draft: ReleaseDraft) -> bool:
        """Return whether a draft's vectors can be indexed by these scales: none is longer, and the longest not much shorter."""
        if draft.code != ("float32" if self.grid is None else self.grid.code):
            return False
        if self.grid is not None and not all(map(self.grid.holds, _parts(draft, self.items))):
            return False
        items, people = _lengths(draft)
        if self.people is None or people is None:
            return self.people == people and _fits(items, self.items)
        return _fits(items, self.items) and _fits(people, self.people)


def _lengths(draft: ReleaseDraft) -> tuple[float, float | None]:
    return longest(draft.items), None if draft.people is None else longest([draft.people.asked])


def _parts(draft: ReleaseDraft, length: float) -> list[NDArray[np.float32]]:
    return [items.vectors / np.float32(length) for items in draft.items]


def _fits(length: float, scale: float) -> bool:
    return _LEAST_LENGTH * scale <= length <= scale


def release_columns(draft: ReleaseDraft, scales: Scales) -> list[VectorColumn]:
    """Return the columns of a draft, items first. With one's scales vectors that two drafts share are the same in both."""
    made = make_indexable(draft.users, draft.items, scales.items)
    if scales.grid is not None:
        made = make_coded(made, scales.grid)
    of_items = [] if draft.met is None else draft.met.asking
    met = [{MET: to_bytes(vectors)} for vectors in of_items] or [{} for _ in draft.items]
    told = [of_met | beside_items(draft.predictors, items.label) for of_met, items in zip(met, draft.items, strict=True)]
    columns = [
        VectorColumn(
            items.label, "", items.ids, vectors, is_indexed=True, beside=beside, code=draft.code, filters=draft.filters
        )
        for items, vectors, beside in zip(draft.items, made.items, told, strict=True)
    ]
    users = draft.users
    of_users = {NORM: made.norms} | beside_users(draft.predictors)
    if draft.known is not None:
        of_users[KNOWN] = draft.known.astype(np.float32)
    columns.append(VectorColumn(users.label, "", users.ids, made.users, is_indexed=False, beside=of_users, code=draft.code))
    if draft.people is not None:
        asking, asked, narrowed = draft.people.asking, draft.people.asked, draft.people.filters
        made = make_indexable(asking, [asked], scales.people)
        columns.append(VectorColumn(asking.label, ASKING, asking.ids, made.users, is_indexed=False))
        columns.append(VectorColumn(asked.label, ASKED, asked.ids, made.items[0], is_indexed=True, filters=narrowed))
    return columns


def served_draft(draft: ReleaseDraft, columns: list[VectorColumn], scales: Scales) -> ReleaseDraft:
    """Return a draft with the vectors that its columns stand for: those that are left of its own in its code."""
    if scales.grid is None:
        return draft
    scale = np.float32(scales.items * scales.grid.reach)
    of_items, of_users = columns[: len(draft.items)], columns[len(draft.items)]
    users = decode(of_users.vectors, draft.code, is_indexed=False) * of_users.beside[NORM][:, None]
    items = [Embeddings(one.label, one.ids, decode(one.vectors, draft.code, is_indexed=True) * scale) for one in of_items]
    return replace(draft, users=Embeddings(of_users.label, of_users.ids, users), items=tuple(items))


def narrowed_by(column: StoredColumn | VectorColumn, indexed: Indexed) -> tuple[str, ...]:
    """Return the properties by which the index of a column, if it has one, is to be narrowable."""
    if not column.is_indexed:
        return ()
    return indexed.people if column.suffix == ASKED else indexed.items


def told_columns(columns: list[VectorColumn]) -> str:
    """Return what a release's record says of its columns, in JSON."""
    return json.dumps(
        [
            {
                "label": column.label,
                "suffix": column.suffix,
                "beside": sorted(column.beside),
                "is_indexed": column.is_indexed,
                "number": len(column.ids),
                "dimensions": column.vectors.shape[1],
                "code": column.code,
                "filters": column.filters,
            }
            for column in columns
        ]
    )
