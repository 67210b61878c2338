"""Hold a release that was written, and does not serve yet, against what it was made of."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from cypher import load
from graph.asking import either_type
from graph.codes import number_for_zero
from graph.database import Database
from graph.embeddings import Embeddings, ReleaseDraft
from graph.errors import ReleaseError
from graph.releases.record import ASKED, ASKING, DEEP_K, FIRST_K, Release, SearchWidths, index_name, release_name
from graph.schema import Schema

CHECKED_USERS = 50
CHECKED_SHARE = 0.25  # of few items, how many are looked at: any ranking gives nearly all of them right
FIRST_WIDTH = 40
WANTED_OVERLAP = 0.99
MIN_OVERLAP = 0.95
_USERS_AT_ONCE = 4  # as many as vectors are written by
_TIE = 1e-5  # float32 vectors: scores this close, relative to the largest, are equal


@dataclass(frozen=True)
class Widths:
    """How wide the indexes must be searched, by domain, and that of people, if there is one."""

    domains: list[SearchWidths]
    people: SearchWidths | None


def check_release(
    database: Database, schema: Schema, draft: ReleaseDraft, version: int, slot: int, over: Release | None = None
) -> Widths:
    """Ask each index for some users, and hold its answers against exact search.

    Return how wide each index must be searched. They are approximate, and for some vectors far from the truth: of
    6,000 random ones one found 0.24 of the exact top 10 with 100 candidates and all with 800; of 1,682 learnt ones 0.93 with 10
    and more than 0.99 with 100. So the width is doubled until the answers are right: the first ten, and, as those take much
    less, the first hundred. Where little was written ``over`` a release, that begins with the widths that its index needed.

    Raises:
        ReleaseError: an index does not give the draft's ranking.
    """
    name = release_name(slot)
    zero = number_for_zero(draft.code)
    before = {} if over is None else {domain.label: domain.search_widths for domain in over.domains}
    domains = [
        _find_widths(
            _Index(database, schema, draft.users, items, version, name, zero, index_name(slot, items.label)),
            before.get(items.label, SearchWidths()),
        )
        for items in draft.items
    ]
    if draft.people is None:
        return Widths(domains, None)
    asking, asked = draft.people.asking, draft.people.asked
    index = _Index(database, schema, asking, asked, version, name + ASKING, 0.0, index_name(slot, asked.label, ASKED))
    known = SearchWidths() if over is None or over.people is None else over.people.search_widths
    return Widths(domains, _find_widths(index, known))


def _find_widths(index: _Index, before: SearchWidths) -> SearchWidths:
    """Return the least widths tried with which some users get what exact search gives them; those of ``before`` or more."""
    ranked = np.flatnonzero(index.users.vectors.any(axis=1))
    if not len(ranked):
        raise ReleaseError("every user vector is zero, so nothing can be ranked; train again")
    rows = ranked[np.unique(np.linspace(0, len(ranked) - 1, CHECKED_USERS).astype(np.int64))]
    num_items = len(index.items.ids)
    first_k, deep_k = min(FIRST_K, num_items), min(DEEP_K, round(CHECKED_SHARE * num_items))
    first = _find_width(index, rows.tolist(), first_k, max(FIRST_WIDTH, before.first))
    return SearchWidths(
        first, first if deep_k <= first_k else _find_width(index, rows.tolist(), deep_k, max(first, before.deep))
    )


def _find_width(index: _Index, rows: list[int], k: int, width: int) -> int:
    """Return the least of ``width``, twice of it and so on with which users get the exact first ``k``."""
    num_items = len(index.items.ids)
    while True:
        with ThreadPoolExecutor(_USERS_AT_ONCE) as pool:
            overlap = float(np.mean(list(pool.map(partial(index.overlap, k=k, width=width), rows))))
        if overlap >= WANTED_OVERLAP or width >= num_items:
            break
        width *= 2
    if overlap < MIN_OVERLAP:
        raise ReleaseError(
            f"the index of release {index.version} gives {overlap:.0%} of the exact top {k} of {index.items.label} for "
            f"{len(rows)} users; expected at least {MIN_OVERLAP:.0%}. The old release serves on"
        )
    return width


@dataclass(frozen=True)
class _Index:
    """A release's index ``name``, the vectors that it should rank by, and the property with those of the users who ask.

    ``zero`` is the number that stands for 0 in that.
    """

    database: Database
    schema: Schema
    users: Embeddings
    items: Embeddings
    version: int
    asking_property: str
    zero: float
    name: str

    def overlap(self, row: int, k: int, width: int) -> float:
        """Return the share of the k answers that are right: an item that ties with the k-th is as good as it."""
        scores = self.items.vectors @ self.users.vectors[row]
        limit = np.partition(scores, -k)[-k] - _TIE * float(np.abs(scores).max())
        good = set(map(str, self.items.ids[scores >= limit].tolist()))  # as text: a graph may have ids of both types
        return sum(str(item) in good for item in self._ask(row, k, width)) / k

    def _ask(self, row: int, k: int, width: int) -> list[Any]:
        names = {
            "user": self.schema.user.label,
            "user_key": self.schema.user.key,
            "item_key": self.schema.node(self.items.label).key,
            "vector": self.asking_property,
        }
        params = {
            "user_ids": either_type(self.users.ids[row : row + 1].tolist()[0]),
            "zero": self.zero,
            "index": self.name,
            "k": k,
            "candidates": min(max(k, width), len(self.items.ids)),
        }
        return [answer["id"] for answer in self.database.read(load("publish/query_index"), params, names)]
