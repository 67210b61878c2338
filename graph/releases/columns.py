"""What a release keeps on the graph's nodes: the columns that a draft stands for."""

from __future__ import annotations

import json
from dataclasses import dataclass

from graph.embeddings import ReleaseDraft, VectorColumn, longest, make_indexable
from graph.releases.record import ASKED, ASKING, NORM, Release

_LEAST_LENGTH = 0.5  # of the longest vector, as a share of the scale: much shorter ones lie so close that float32 tells less


@dataclass(frozen=True)
class Scales:
    """What turns index scores back into dot products, of items and, if they are ranked, of people; see ``graph.embeddings``."""

    items: float
    people: float | None

    @classmethod
    def of(cls, draft: ReleaseDraft) -> Scales:
        """Return those of a draft by itself: the lengths of the longest vectors."""
        return cls(longest(draft.items), None if draft.people is None else longest([draft.people.asked]))

    @classmethod
    def of_release(cls, release: Release) -> Scales:
        """Return those of a release."""
        return cls(release.scale, None if release.people is None else release.people.scale)

    def fit(self, draft: ReleaseDraft) -> bool:
        """Return whether a draft's vectors can be indexed by these scales: none is longer, and the longest not much shorter."""
        own = Scales.of(draft)
        if self.people is None or own.people is None:
            return self.people == own.people and _fits(own.items, self.items)
        return _fits(own.items, self.items) and _fits(own.people, self.people)


def _fits(length: float, scale: float) -> bool:
    return _LEAST_LENGTH * scale <= length <= scale


def release_columns(draft: ReleaseDraft, scales: Scales) -> list[VectorColumn]:
    """Return the columns of a draft, items first. With one's scales vectors that two drafts share are the same in both."""
    made = make_indexable(draft.users, draft.items, scales.items)
    columns = [
        VectorColumn(items.label, "", items.ids, vectors, is_indexed=True)
        for items, vectors in zip(draft.items, made.items, strict=True)
    ]
    users = draft.users
    columns.append(VectorColumn(users.label, "", users.ids, made.users, is_indexed=False, beside={NORM: made.norms}))
    if draft.people is not None:
        asking, asked = draft.people.asking, draft.people.asked
        made = make_indexable(asking, [asked], scales.people)
        columns.append(VectorColumn(asking.label, ASKING, asking.ids, made.users, is_indexed=False))
        columns.append(VectorColumn(asked.label, ASKED, asked.ids, made.items[0], is_indexed=True))
    return columns


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
            }
            for column in columns
        ]
    )
