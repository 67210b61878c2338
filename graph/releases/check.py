"""Hold a release that was written, and does not serve yet, against what it was made of."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

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
_HALVINGS = 2  # of what is between a width that gives the exact items and one that does not
_USERS_AT_ONCE = 4  # as many as vectors are written by
_SCORES_AT_ONCE = 1 << 23  # bounds memory to some 100 MB
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
    less, the first hundred. That of the first ten, which most answers are, is then narrowed to an eighth of itself. Where
    little was written ``over`` a release, it begins with the widths that its index needed.

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
    exact = index.exact(rows, {first_k, max(first_k, deep_k)})
    with ThreadPoolExecutor(_USERS_AT_ONCE) as pool:
        start = max(FIRST_WIDTH, before.first)
        first = deep = _find_width(index, exact, first_k, start, pool)
        if deep_k > first_k:
            deep = _find_width(index, exact, deep_k, max(first, before.deep), pool)
        if first > start:
            first = _narrowed(index, exact, first_k, first, pool)
        return SearchWidths(first, deep)


def _narrowed(index: _Index, exact: list[_Exact], k: int, width: int, pool: ThreadPoolExecutor) -> int:
    """Return the least width found with which users get the exact first ``k``, where half of ``width`` does not give them."""
    wrong = width // 2
    for _ in range(_HALVINGS):
        middle = (wrong + width) // 2
        if _overlap(index, exact, k, middle, pool, enough=WANTED_OVERLAP) >= WANTED_OVERLAP:
            width = middle
        else:
            wrong = middle
    return width


def _find_width(index: _Index, exact: list[_Exact], k: int, width: int, pool: ThreadPoolExecutor) -> int:
    """Return the least of ``width``, twice of it and so on with which users get the exact first ``k``."""
    num_items = len(index.items.ids)
    while True:
        overlap = _overlap(index, exact, k, width, pool, enough=WANTED_OVERLAP if width < num_items else 0.0)
        if overlap >= WANTED_OVERLAP or width >= num_items:
            break
        width *= 2
    if overlap < MIN_OVERLAP:
        raise ReleaseError(
            f"the index of release {index.version} gives {overlap:.0%} of the exact top {k} of {index.items.label} for "
            f"{len(exact)} users; expected at least {MIN_OVERLAP:.0%}. The old release serves on"
        )
    return width


def _overlap(index: _Index, exact: list[_Exact], k: int, width: int, pool: ThreadPoolExecutor, enough: float) -> float:
    """Return the share of users' first ``k`` that is right, or some share below ``enough`` once it cannot be that any more."""
    wrong, most = 0, k * len(exact)
    for first in range(0, len(exact), 2 * _USERS_AT_ONCE):
        part = exact[first : first + 2 * _USERS_AT_ONCE]
        wrong += k * len(part) - sum(pool.map(partial(index.right, k=k, width=width), part))
        if 1 - wrong / most < enough:
            break
    return 1 - wrong / most


@dataclass(frozen=True)
class _Exact:
    """What a user, by row, should get: by k, rows int32 of the first k items and of those that are as good as the last."""

    row: int
    good: Mapping[int, NDArray[np.int32]]


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

    def exact(self, rows: NDArray[np.int64], ks: set[int]) -> list[_Exact]:
        """Return what users should get."""
        found, step = [], max(1, _SCORES_AT_ONCE // len(self.items.ids))
        for first in range(0, len(rows), step):
            part = rows[first : first + step]
            for row, scores in zip(part.tolist(), self.users.vectors[part] @ self.items.vectors.T, strict=True):
                places = {k: len(scores) - k for k in ks}
                ordered = np.partition(scores, sorted(places.values()))
                tie = _TIE * float(np.abs(scores).max())
                good = {k: np.flatnonzero(scores >= ordered[at] - tie).astype(np.int32) for k, at in places.items()}
                found.append(_Exact(row, good))
        return found

    def right(self, exact: _Exact, k: int, width: int) -> int:
        """Return how many are right of the first k that a user gets when the index is searched ``width`` wide."""
        good = set(map(str, self.items.ids[exact.good[k]].tolist()))  # as text: a graph may have ids of both types
        return sum(str(item) in good for item in self._ask(exact.row, k, width))

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
