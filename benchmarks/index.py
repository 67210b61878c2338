"""What the vector index gives of the exact ranking, by the number of items and by how vectors are written, and how fast.

Vectors are made up as learnt ones are: items lie in clusters of very different sizes and mostly in few directions, and those
that many chose are longer, by about as much as what Hopline learns of MovieLens-100K. Each precision is published as any
release, which also finds how wide its index is searched; then users are recommended their best 100 by the statement that
serves them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, get_args

import neo4j
import numpy as np
import polars as pl
from numpy.typing import NDArray

from benchmarks.server import fresh_database, session_of
from graph.codes import Code
from graph.database import Database
from graph.embeddings import Embeddings, ReleaseDraft, as_served
from graph.publish import publish
from graph.recommend import recommend_by
from graph.releases import Release
from graph.schema import EdgeKind, EdgeRole, NodeKind, NodeRole, Schema
from graph.tables import SOURCE, TARGET, EdgeTable, NodeTable, Tables
from graph.write import write_tables
from loaders import set_aside

SIZES = (10_000, 100_000)
"""These take about a quarter of an hour on two busy cores; others are named by ``--sizes``, such as a million."""
QUANTISED_SIZE = 100_000
"""The number of items at which the index is also made with its own quantisation, which a release's never has."""
USERS, DIMENSIONS, K = 1_000, 64, 100
WARMING = 100  # users who are asked for before the clock runs
_ITEMS_A_CLUSTER, _WITHIN = 200, 0.5  # as a mean; how far items are from its centre, as a share of how far centres are apart
_FALL = 0.8  # the i-th direction has i to the minus this of the first one's spread: between those of two learnt sets
_HEAD, _SHORTER, _SPREAD = 0.03, 0.37, 0.1  # length: (place by popularity as a share + head) to a power, times a log-normal
_AT_ONCE = 50  # users whose exact answers are sought together
_RATED = EdgeKind(source="User", type="RATED", target="Item", role=EdgeRole.INTERACTION)
_SCHEMA = Schema(
    nodes=(NodeKind(label="User", role=NodeRole.USER), NodeKind(label="Item", role=NodeRole.ITEM)), edges=(_RATED,)
)
_DROP = "DROP INDEX $name"
_CREATE_QUANTISED = """
CREATE VECTOR INDEX $name FOR (n:Item) ON n.{property}
OPTIONS {{indexConfig: {{
  `vector.dimensions`: $dimensions, `vector.similarity_function`: 'cosine', `vector.quantization.enabled`: true
}}}}
"""


def run(dataset: str | None, say: Callable[[str], None], sizes: Sequence[int] = SIZES) -> dict[str, Any]:
    """Return figures by number of items and precision; ``dataset`` is not used.

    ``overlap@100`` is the share of the 100 best items by the vectors as they were before they were written that are among the
    100 of an answer; ``index_overlap@100`` counts those of the vectors as written, so rounding is left out of it. Milliseconds
    are of a whole answer of 100 items, one connection. Where the index was quantised, the precision's name says so.
    """
    return {"dimensions": DIMENSIONS, "users": USERS, "sizes": {str(size): _of_size(size, say) for size in sizes}}


def _of_size(size: int, say: Callable[[str], None]) -> dict[str, dict[str, float]]:
    vectors = _Vectors.drawn(size)
    figures = {}
    with fresh_database() as database, session_of(database) as session:
        say(write_tables(database, vectors.tables()).summary())
        for code in get_args(Code):
            truth = _Truth.of(vectors, code)
            started = time.perf_counter()
            release = publish(database, _SCHEMA, vectors.draft(code))
            took = time.perf_counter() - started
            told = {"publish_s": took, "search_width": release.domains[0].search_widths.of(K)}
            figures[code] = told | _ask(database, release, vectors, truth)
            say(f"{size:,} items, {code}: {figures[code]}")
            if size == QUANTISED_SIZE:
                _quantise(session, release)
                figures[f"{code}, quantised index"] = _ask(database, release, vectors, truth)
                say(f"{size:,} items, {code}, quantised index: {figures[f'{code}, quantised index']}")
    return figures


@dataclass(frozen=True)
class _Vectors:
    """Of users, float32[USERS, DIMENSIONS], and of items, float32[n, DIMENSIONS], with their ids."""

    user_ids: NDArray[Any]
    users: NDArray[np.float32]
    item_ids: NDArray[Any]
    items: NDArray[np.float32]

    @classmethod
    def drawn(cls, size: int) -> _Vectors:
        """Draw some, the same each time."""
        rng = np.random.default_rng(size)
        number = max(1, size // _ITEMS_A_CLUSTER)
        fall = (1.0 + np.arange(DIMENSIONS)) ** -_FALL
        turn = np.linalg.qr(rng.normal(size=(DIMENSIONS, DIMENSIONS)))[0]
        centres = rng.normal(size=(number, DIMENSIONS))
        share = rng.permutation(1 / (10 + np.arange(number)))
        share /= share.sum()

        def near(of: NDArray[np.int64]) -> NDArray[np.float64]:
            about = (centres[of] + rng.normal(0, _WITHIN, (len(of), DIMENSIONS))) * fall @ turn
            unit: NDArray[np.float64] = about / np.linalg.norm(about, axis=1, keepdims=True)
            return unit

        users, items = near(rng.choice(number, USERS, p=share)), near(rng.choice(number, size, p=share))
        place = rng.permutation(size) / size
        length = (place + _HEAD) ** -_SHORTER * np.exp(rng.normal(0, _SPREAD, size))
        return cls(
            np.array([f"user-{row}" for row in range(USERS)]),
            users.astype(np.float32),
            np.array([f"item-{row}" for row in range(size)]),
            (items * length[:, None]).astype(np.float32),
        )

    def tables(self) -> Tables:
        """Return the nodes."""
        nodes = (
            NodeTable("User", pl.DataFrame({"id": self.user_ids})),
            NodeTable("Item", pl.DataFrame({"id": self.item_ids})),
        )
        none = pl.DataFrame(schema={SOURCE: pl.String, TARGET: pl.String})
        return Tables(_SCHEMA, nodes, (EdgeTable(_RATED, none),), set_aside.empty())

    def draft(self, code: Code) -> ReleaseDraft:
        """Return what is published."""
        return ReleaseDraft(
            users=Embeddings("User", self.user_ids, self.users),
            items=(Embeddings("Item", self.item_ids, self.items),),
            config={},
            metrics={},
            popular={"Item": self.item_ids[:K].tolist()},
            code=code,
        )


@dataclass(frozen=True)
class _Truth:
    """Each user's best K items by exact search, by id: by the vectors as they were, and as they are once written in a code."""

    learnt: list[set[str]]
    written: list[set[str]]

    @classmethod
    def of(cls, vectors: _Vectors, code: Code) -> _Truth:
        """Search through all."""
        learnt = _best(vectors.users, vectors.items, vectors.item_ids)
        if code == "float32":
            return cls(learnt, learnt)
        return cls(learnt, _best(*as_served(vectors.users, vectors.items, code), vectors.item_ids))


def _best(users: NDArray[np.float32], items: NDArray[np.float32], ids: NDArray[Any]) -> list[set[str]]:
    rows: list[NDArray[np.int64]] = []
    for first in range(0, len(users), _AT_ONCE):
        scores = users[first : first + _AT_ONCE] @ items.T
        rows.extend(np.argpartition(scores, -K, axis=1)[:, -K:])
    return [set(ids[of].tolist()) for of in rows]


def _ask(database: Database, release: Release, vectors: _Vectors, truth: _Truth) -> dict[str, float]:
    item, users = _SCHEMA.items[0], vectors.user_ids.tolist()
    for user in users[:WARMING]:
        recommend_by(database, _SCHEMA, release, item, user, K)
    answers, seconds = [], []
    for user in users:
        started = time.perf_counter()
        answer = recommend_by(database, _SCHEMA, release, item, user, K)
        seconds.append(time.perf_counter() - started)
        answers.append({one.id for one in answer.items})
    return {
        f"overlap@{K}": _overlap(answers, truth.learnt),
        f"index_overlap@{K}": _overlap(answers, truth.written),
        "p50_ms": 1000 * float(np.percentile(seconds, 50)),
        "p99_ms": 1000 * float(np.percentile(seconds, 99)),
    }


def _overlap(answers: list[set[Any]], truth: list[set[str]]) -> float:
    return float(np.mean([len(one & other) / K for one, other in zip(answers, truth, strict=True)]))


def _quantise(session: neo4j.Session, release: Release) -> None:
    """Make a release's index anew, with what Neo4j does unless it is told not to."""
    name = release.domains[0].index
    session.run(_DROP, name=name).consume()
    create = _CREATE_QUANTISED.format(property=release.name)
    session.run(create, name=name, dimensions=release.columns[0].dimensions).consume()
    session.run("CALL db.awaitIndexes(1800)").consume()
