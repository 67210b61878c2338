"""Publishing vectors: written beside plain ways to write them, a little that changed against all, and the flip that serves."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median
from typing import Any

import neo4j
import numpy as np
import polars as pl
from numpy.typing import NDArray

from benchmarks.server import fresh_database, session_of
from graph.database import Database
from graph.embeddings import Embeddings, ReleaseDraft, VectorColumn
from graph.node_vectors import VECTORS_A_BATCH, write_column
from graph.publish import publish
from graph.releases import activate, active_release, list_releases
from graph.schema import EdgeKind, EdgeRole, NodeKind, NodeRole, Schema
from graph.tables import SOURCE, TARGET, EdgeTable, NodeTable, Tables
from graph.write import write_tables
from loaders import set_aside

USERS = ITEMS = 100_000
DIMENSIONS, CLUSTERS = 64, 300
A_TURN, NAIVE_A_TURN = 20_000, 1_000
CHANGED = 0.01  # of the nodes of each label, in every delta
BEHIND = 3  # releases that the slot written over is behind, where each has changed other nodes and three are kept
WARMING, ROUNDS, DELTAS = 2, 3, 5  # full publishes that are not counted, then rounds of a full one and of deltas
FLIPS = 50
_RATED = EdgeKind(source="User", type="RATED", target="Item", role=EdgeRole.INTERACTION)
_SCHEMA = Schema(
    nodes=(NodeKind(label="User", role=NodeRole.USER), NodeKind(label="Item", role=NodeRole.ITEM)), edges=(_RATED,)
)
_NAIVE = "MATCH (n:Item {id: $id}) SET n.naive = $vector"
_UNWIND = "UNWIND $rows AS row MATCH (n:Item {id: row.id}) SET n.unwound = row.vector"
_BARE = "MATCH (n:Bare) SET n.value = $value"


def run(dataset: str | None, say: Callable[[str], None]) -> dict[str, Any]:
    """Return vectors a second by each way, and seconds of publishes; ``dataset`` is not used, the vectors are made.

    All of it takes turns: vectors are written without an index by the product, by ``UNWIND`` over lists of floats and by a
    statement a node; then releases are published whole and in part; then the pointer is moved and a property written.
    """
    drafts = _Drafts()
    with fresh_database() as database, session_of(database) as session:
        say(write_tables(database, drafts.tables()).summary())
        written = _write_by_turns(database, session, drafts.base.items[0], say)
        published = _publish_by_turns(database, drafts, say)
        flips = _flip_by_turns(database, session)
    return {
        "users": USERS,
        "items": ITEMS,
        **written,
        "ratio": written["vectors_per_s"] / written["naive_vectors_per_s"],
        "unwind_ratio": written["vectors_per_s"] / written["unwind_vectors_per_s"],
        **published,
        **flips,
        "flip_ratio": flips["flip_ms"] / flips["bare_write_ms"],
    }


class _Drafts:
    """Releases as learnt ones are: vectors lie in clusters and mostly in few directions, and items' lengths differ."""

    def __init__(self) -> None:
        self._rng = np.random.default_rng(0)
        ids = np.array([f"user-{number}" for number in range(USERS)]), np.array([f"item-{number}" for number in range(ITEMS)])
        self._fall = 1 / np.sqrt(1 + np.arange(DIMENSIONS))
        self._turn = np.linalg.qr(self._rng.normal(size=(DIMENSIONS, DIMENSIONS)))[0]
        self._centres = self._rng.normal(size=(CLUSTERS, DIMENSIONS))
        self.base = self._draft(ids[0], self._drawn(USERS), ids[1], self._drawn(ITEMS))
        self._longest = float(np.linalg.norm(self.base.items[0].vectors, axis=1).max())
        self._order = [self._rng.permutation(number) for number in (USERS, ITEMS)]

    def changed(self, times: int = 1) -> ReleaseDraft:
        """Return the base with the vectors of 1 % of the nodes, ``times`` over, drawn anew: of the same nodes each time."""
        parts = []
        for vectors, order in zip((self.base.users.vectors, self.base.items[0].vectors), self._order, strict=True):
            rows = order[: round(CHANGED * times * len(order))]
            drawn = self._drawn(len(rows))
            length = np.linalg.norm(drawn, axis=1, keepdims=True)
            parts.append(vectors.copy())
            parts[-1][rows] = drawn * np.minimum(1, 0.99 * self._longest / length)
        return self._draft(self.base.users.ids, parts[0], self.base.items[0].ids, parts[1])

    def tables(self) -> Tables:
        """Return the nodes."""
        nodes = [NodeTable(part.label, pl.DataFrame({"id": part.ids})) for part in (self.base.users, *self.base.items)]
        none = pl.DataFrame(schema={SOURCE: pl.String, TARGET: pl.String})
        return Tables(_SCHEMA, tuple(nodes), (EdgeTable(_RATED, none),), set_aside.empty())

    def _drawn(self, number: int) -> NDArray[np.float32]:
        length = np.exp(self._rng.normal(0, 0.3, (number, 1)))
        about = self._centres[self._rng.integers(0, CLUSTERS, number)] + self._rng.normal(0, 0.5, (number, DIMENSIONS))
        drawn: NDArray[np.float32] = (length * about * self._fall @ self._turn).astype(np.float32)
        return drawn

    @staticmethod
    def _draft(
        user_ids: NDArray[Any], users: NDArray[np.float32], item_ids: NDArray[Any], items: NDArray[np.float32]
    ) -> ReleaseDraft:
        return ReleaseDraft(
            users=Embeddings("User", user_ids, users),
            items=(Embeddings("Item", item_ids, items),),
            config={},
            metrics={},
            popular={"Item": item_ids[:100].tolist()},
        )


def _write_by_turns(
    database: Database, session: neo4j.Session, items: Embeddings, say: Callable[[str], None]
) -> dict[str, float]:
    seconds = {"ours": 0.0, "unwind": 0.0, "naive": 0.0}
    for turn, first in enumerate([0, *range(0, ITEMS, A_TURN)]):  # the first turn comes twice: once for Java to compile
        ids, vectors = items.ids[first : first + A_TURN], items.vectors[first : first + A_TURN]
        started = time.perf_counter()
        write_column(database, _SCHEMA, VectorColumn("Item", "", ids, vectors, is_indexed=False), "ours")
        ours = time.perf_counter()
        for row in range(0, A_TURN, VECTORS_A_BATCH):
            part = zip(ids[row : row + VECTORS_A_BATCH].tolist(), vectors[row : row + VECTORS_A_BATCH].tolist(), strict=True)
            session.run(_UNWIND, rows=[{"id": node_id, "vector": vector} for node_id, vector in part]).consume()
        unwound = time.perf_counter()
        for node_id, vector in zip(ids[:NAIVE_A_TURN].tolist(), vectors[:NAIVE_A_TURN], strict=True):
            session.run(_NAIVE, id=node_id, vector=vector.tolist()).consume()
        naive = time.perf_counter()
        say(f"turn {turn}: {A_TURN:,} in {ours - started:.2f} s, by UNWIND {unwound - ours:.2f} s")
        if turn:
            seconds["ours"] += ours - started
            seconds["unwind"] += unwound - ours
            seconds["naive"] += naive - unwound
    count = "MATCH (n:Item) RETURN count(n.ours) AS ours, count(n.unwound) AS unwound, count(n.naive) AS naive"
    found = dict(session.run(count).single(strict=True))
    num_naive = ITEMS // A_TURN * NAIVE_A_TURN
    if found != {"ours": ITEMS, "unwound": ITEMS, "naive": num_naive}:
        raise AssertionError(f"of {ITEMS} items with vectors the graph holds {found}")
    session.run("MATCH (n:Item) CALL (n) { REMOVE n.ours, n.unwound, n.naive } IN TRANSACTIONS OF 10000 ROWS").consume()
    return {
        "vectors_per_s": ITEMS / seconds["ours"],
        "unwind_vectors_per_s": ITEMS / seconds["unwind"],
        "naive_vectors_per_s": num_naive / seconds["naive"],
    }


def _publish_by_turns(database: Database, drafts: _Drafts, say: Callable[[str], None]) -> dict[str, Any]:
    """Publish whole, over nothing, as the first three are; then what differs from an old release in 1 % of its vectors.

    Where each release has changed other nodes, the oldest kept is some releases behind: ``steady_delta_s`` is of that. The
    first after a whole publish, ``first_delta_s``, is slower, as a new index has Neo4j plan all statements again.
    """
    all_of_them = 1_000  # kept: nothing is written over
    for number in range(WARMING):
        _publish(database, drafts.changed(), all_of_them, say, f"warming {number}")
    full_s, first_s, delta_s = [], [], []
    for _ in range(ROUNDS):
        full_s.append(_publish(database, drafts.changed(), all_of_them, say, "all"))
        of_round = [_publish(database, drafts.changed(), 1, say, "what changed") for _ in range(DELTAS)]
        first_s.append(of_round[0])
        delta_s.append(median(of_round))
    steady_s = [_publish(database, drafts.changed(BEHIND), 1, say, f"what changed {BEHIND} times") for _ in range(DELTAS)]
    return {
        "search_width": active_release(database).domains[0].search_widths.deep,
        "full_s": median(full_s),
        "delta_s": median(delta_s),
        "delta_ratio": median(full / delta for full, delta in zip(full_s, delta_s, strict=True)),
        "first_delta_s": median(first_s),
        "steady_delta_s": median(steady_s),
        "steady_delta_ratio": median(full_s) / median(steady_s),
    }


def _publish(database: Database, draft: ReleaseDraft, keep: int, say: Callable[[str], None], what: str) -> float:
    began: list[tuple[str, float]] = []
    spent: dict[str, float] = {}

    def note(stage: str, _done: int, _total: int) -> None:
        now = time.perf_counter()
        if began:
            before, since = began.pop()
            spent[before] = spent.get(before, 0.0) + now - since
        began.append((stage, now))

    started = time.perf_counter()
    note("beginning", 0, 0)
    release = publish(database, _SCHEMA, draft, note, keep=keep)
    took = time.perf_counter() - started
    note("", 0, 0)
    if (release.slot == release.version) is not (keep > 1):
        raise AssertionError(f"release {release.version} was written to slot {release.slot}, with {keep} to keep")
    say(f"{what}: {took:.2f} s; " + ", ".join(f"{stage} {seconds:.2f}" for stage, seconds in spent.items()))
    return took


def _flip_by_turns(database: Database, session: neo4j.Session) -> dict[str, float]:
    """Move the pointer to and fro, and write one property of one node as often."""
    session.run("CREATE (:Bare {value: 0})").consume()
    one, other = [release.version for release in list_releases(database)][:2]
    flips, bare, checked = [], [], []
    for turn in range(FLIPS):
        started = time.perf_counter()
        activate(database, _SCHEMA, other, check=False)
        flipped = time.perf_counter()
        session.run(_BARE, value=turn).consume()
        wrote = time.perf_counter()
        activate(database, _SCHEMA, one)
        checked.append(time.perf_counter() - wrote)
        flips.append(flipped - started)
        bare.append(wrote - flipped)
    named = {"flip_ms": flips, "bare_write_ms": bare, "checked_flip_ms": checked}
    return {name: 1000 * median(seconds) for name, seconds in named.items()}
