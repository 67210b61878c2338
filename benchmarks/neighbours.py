"""Relationships from items to their neighbours: finding them, writing them, and what it takes to ask beside and along them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from statistics import median
from typing import Any

import neo4j
import numpy as np
import polars as pl

from benchmarks.server import fresh_database, session_of
from graph.choice import BEST, Choice
from graph.database import Database
from graph.embeddings import Embeddings, ReleaseDraft
from graph.neighbours import SimilarItems, nearest_by_cosine
from graph.progress import silent
from graph.publish import publish
from graph.recommend import recommend
from graph.releases import Release
from graph.releases.link import link_similar
from graph.releases.slot import new_slot
from graph.schema import EdgeKind, EdgeRole, NodeKind, NodeRole, Schema
from graph.tables import SOURCE, TARGET, EdgeTable, NodeTable, Tables
from graph.write import write_tables
from loaders import set_aside

ITEMS, USERS, MET, K = 20_000, 2_000, 30, 20
DIMENSIONS, CLUSTERS = 32, 200
ROUNDS, NAIVE_SHARE = 3, 0.1  # after one that is not counted, for Java to compile
ASKED = 300
_RATED = EdgeKind(source="User", type="RATED", target="Item", role=EdgeRole.INTERACTION)
_SCHEMA = Schema(
    nodes=(NodeKind(label="User", role=NodeRole.USER), NodeKind(label="Item", role=NodeRole.ITEM)), edges=(_RATED,)
)
_FIRST_SLOT = 1_000  # of what is written to be timed, far from the releases'
_NAIVE = (
    "UNWIND $rows AS row MATCH (a:Item {id: row[0]}) MATCH (b:Item {id: row[1]}) MERGE (a)-[s:NAIVE]->(b) SET s.weight = row[2]"
)


def run(dataset: str | None, say: Callable[[str], None]) -> dict[str, Any]:
    """Return relationships a second, and milliseconds of questions; ``dataset`` is not used, the vectors are made.

    Writing takes turns with rows of two ids and a weight by ``UNWIND`` and ``MERGE``, as many a transaction. Then a release
    without relationships is asked for users, and one with them, by vectors and by both retrievers in turns.
    """
    draft, met = _draft()
    started = time.perf_counter()
    near = nearest_by_cosine(draft.items[0].vectors, K)
    find_s = time.perf_counter() - started
    linked = replace(draft, similar=SimilarItems("cosine", (near,)))
    with fresh_database() as database, session_of(database) as session:
        say(write_tables(database, _tables(draft, met)).summary())
        written = _write_by_turns(database, session, linked, say)
        release = publish(database, _SCHEMA, draft)
        plain = _ask_by_turns(database, release, {"before": BEST})
        release = publish(database, _SCHEMA, linked)
        asked = _ask_by_turns(database, release, {"plain": BEST, "fused": Choice(retrieve="vectors+similar")})
    return {
        "items": ITEMS,
        "k": K,
        "find_s": find_s,
        **written,
        "ratio": written["relationships_per_s"] / written["naive_relationships_per_s"],
        "without_p50_ms": plain["before"],
        "vectors_p50_ms": asked["plain"],
        "fused_p50_ms": asked["fused"],
    }


def _draft() -> tuple[ReleaseDraft, list[tuple[int, int]]]:
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(CLUSTERS, DIMENSIONS))

    def drawn(number: int) -> Any:
        about = centres[rng.integers(0, CLUSTERS, number)] + rng.normal(0, 0.7, (number, DIMENSIONS))
        return (np.exp(rng.normal(0, 0.3, (number, 1))) * about).astype(np.float32)

    items = np.array([f"item-{number}" for number in range(ITEMS)])
    draft = ReleaseDraft(
        users=Embeddings("User", np.array([f"user-{number}" for number in range(USERS)]), drawn(USERS)),
        items=(Embeddings("Item", items, drawn(ITEMS)),),
        config={},
        metrics={},
        popular={"Item": items[:100].tolist()},
    )
    met = [(user, item) for user in range(USERS) for item in rng.choice(ITEMS, MET, replace=False).tolist()]
    return draft, met


def _tables(draft: ReleaseDraft, met: list[tuple[int, int]]) -> Tables:
    nodes = [NodeTable(part.label, pl.DataFrame({"id": part.ids})) for part in (draft.users, *draft.items)]
    pairs = pl.DataFrame({SOURCE: [f"user-{user}" for user, _ in met], TARGET: [f"item-{item}" for _, item in met]})
    return Tables(_SCHEMA, tuple(nodes), (EdgeTable(_RATED, pairs),), set_aside.empty())


def _write_by_turns(
    database: Database, session: neo4j.Session, draft: ReleaseDraft, say: Callable[[str], None]
) -> dict[str, float]:
    if draft.similar is None:
        raise AssertionError("the draft has no neighbours to write")
    (near,), ids = draft.similar.of_domains, draft.items[0].ids.tolist()
    chosen = np.random.default_rng(1).permutation(ITEMS)[: round(NAIVE_SHARE * ITEMS)].tolist()
    rows = [
        [ids[item], ids[place], weight]
        for item in chosen
        for place, weight in zip(near.places[item].tolist(), near.weights[item].tolist(), strict=True)
        if weight
    ]
    ours_s = naive_s = 0.0
    for turn in range(ROUNDS + 1):
        started = time.perf_counter()
        link_similar(database, _SCHEMA, new_slot(draft, _FIRST_SLOT + turn), silent, lambda: None)
        ours = time.perf_counter()
        for first in range(0, len(rows), ITEMS):
            session.run(_NAIVE, rows=rows[first : first + ITEMS]).consume()
        naive = time.perf_counter()
        say(
            f"turn {turn}: {near.number:,} in {ours - started:.1f} s, by UNWIND and MERGE {len(rows):,} in {naive - ours:.1f} s"
        )
        if turn:
            ours_s, naive_s = ours_s + ours - started, naive_s + naive - ours
        session.run("MATCH ()-[s:NAIVE]->() CALL (s) { DELETE s } IN TRANSACTIONS OF 10000 ROWS").consume()
        mine = f"MATCH ()-[s:HOPLINE_SIMILAR_V{_FIRST_SLOT + turn}]->() CALL (s) {{ DELETE s }} IN TRANSACTIONS OF 10000 ROWS"
        session.run(mine).consume()
    return {
        "relationships_per_s": ROUNDS * near.number / ours_s,
        "naive_relationships_per_s": ROUNDS * len(rows) / naive_s,
    }


def _ask_by_turns(database: Database, release: Release, choices: dict[str, Choice]) -> dict[str, float]:
    """Return the median of milliseconds of each choice, each user asked for once by each; the first third is not counted."""
    taken: dict[str, list[float]] = {name: [] for name in choices}
    for number in range(ASKED):
        for name, choice in choices.items():
            started = time.perf_counter()
            found = recommend(database, _SCHEMA, f"user-{number}", 10, choice=choice)
            taken[name].append(1000 * (time.perf_counter() - started))
            if found.version != release.version or len(found.items) != 10:
                raise AssertionError(f"expected 10 items of release {release.version}; got {found}")
    return {name: median(of_name[ASKED // 3 :]) for name, of_name in taken.items()}
