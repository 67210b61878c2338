"""Recommending at 100,000 items: by Cypher and over HTTP, beside a bare round trip and collaborative filtering in Cypher.

Vectors and interactions are made up: users and items lie about 50 tastes, and a user meets ten items near their own, and ten of
the popular ones. Every question is one of a user drawn by chance; the ways of asking take turns, a hundred questions each (ten
of collaborative filtering), so that a slow minute hits all. The service is a program of its own, asked by a load
generator in a third process. Then the same vectors are published with relationships from each item to its nearest and an index
that a category narrows, and asked by both retrievers at once, with and without a filter.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import neo4j
import numpy as np
import polars as pl

from benchmarks.http_load import sustained
from benchmarks.running_service import running_service
from benchmarks.server import fresh_database, session_of
from graph.asking import Served
from graph.choice import BEST, Choice
from graph.database import Database
from graph.embeddings import Embeddings, ReleaseDraft
from graph.filters import Filterable, FilterType, conditions_of
from graph.neighbours import SimilarItems, nearest_by_cosine
from graph.publish import publish
from graph.recommend import recommend
from graph.schema import EdgeKind, EdgeRole, NodeKind, NodeRole, Schema
from graph.tables import SOURCE, TARGET, EdgeTable, NodeTable, Tables
from graph.write import write_tables
from loaders import set_aside

USERS, ITEMS, DIMENSIONS = 100_000, 100_000, 32
TASTES, NEAR, POPULAR = 50, 10, 10
TURNS, A_TURN, WARMING = 20, 100, 2_000
K, NEIGHBOURS, CATEGORIES = 10, 20, 8
_SHARE_OF_HIGHEST = 0.7
_RATED = EdgeKind(source="User", type="CLICKED", target="Item", role=EdgeRole.INTERACTION)
_SCHEMA = Schema(
    nodes=(NodeKind(label="User", role=NodeRole.USER), NodeKind(label="Item", role=NodeRole.ITEM, title="title")),
    edges=(_RATED,),
)
_FLOOR = "RETURN 1 AS one"
_COLLABORATIVE = """
MATCH (u:User {id: $user})-[:CLICKED]->(:Item)<-[:CLICKED]-(:User)-[:CLICKED]->(i:Item)
WHERE NOT EXISTS { (u)-[:CLICKED]->(i) }
RETURN i.id AS id, i.title AS title, count(*) AS score ORDER BY score DESC LIMIT 10
"""


def run(dataset: str | None, say: Callable[[str], None]) -> dict[str, Any]:
    """Return milliseconds by each way and the highest load the service sustained; ``dataset`` is not used.

    ``cypher`` is by vectors alone, as a release of fused vectors is asked; ``fused``, ``filtered`` and ``fused_filtered``, of a
    release with relationships between items, stand beside a ``floor`` of their own turns.
    """
    rng = np.random.default_rng(0)
    with fresh_database() as database, session_of(database) as session, tempfile.TemporaryDirectory() as folder:
        say(f"writing {USERS:,} users, {ITEMS:,} items and their vectors")
        users, draft = _load(database, rng)
        drawn = iter(rng.choice(users, 20 * WARMING + 8 * TURNS * A_TURN).tolist())
        served = Served()
        ways: dict[str, Callable[[str], Any]] = {
            "floor": lambda _user: session.run(_FLOOR).data(),
            "cypher": lambda user: recommend(database, _SCHEMA, user, K, served=served),
            "cf": lambda user: _collaborative(session, user),
        }
        with running_service(database, Path(folder)) as address:
            millis = _in_turns(ways, drawn, say)
            say("finding the highest load the service sustains")
            http = sustained(address, users, K, _SHARE_OF_HIGHEST, say)
        say("publishing with relationships between items and an index that a category narrows")
        near = SimilarItems("cosine", (nearest_by_cosine(draft.items[0].vectors, NEIGHBOURS),))
        publish(database, _SCHEMA, replace(draft, similar=near, filters=("category",)))
        more = _in_turns({"floor": ways["floor"]} | _choices(database, rng), drawn, say)
    beside = {name: float(np.percentile(of, 50)) for name, of in more.items()}
    p50 = {name: float(np.percentile(of, 50)) for name, of in millis.items()}
    return {
        "items": ITEMS,
        "users": USERS,
        "dimensions": DIMENSIONS,
        "floor_p50_ms": p50["floor"],
        "cypher_p50_ms": p50["cypher"],
        "cypher_p99_ms": float(np.percentile(millis["cypher"], 99)),
        "cf_p50_ms": p50["cf"],
        "ratio_floor": p50["cypher"] / p50["floor"],
        "ratio_cf": p50["cf"] / p50["cypher"],
        **http,
        "http_p99_over_p50": http["http_p99_ms"] / http["http_p50_ms"],
        "with_relationships": {f"{name}_p50_ms": of for name, of in beside.items()}
        | {f"{name}_ratio_floor": of / beside["floor"] for name, of in beside.items() if name != "floor"},
    }


def _choices(database: Database, rng: np.random.Generator) -> dict[str, Callable[[str], Any]]:
    """Return ways to ask for what is chosen otherwise; a filter is by one of the categories, drawn by chance."""
    served = Served()
    declared: Filterable = {"category": FilterType.TEXT}
    filters = [conditions_of({"category": f"c{number}"}, declared, _SCHEMA) for number in range(CATEGORIES)]

    def asking(choice: Choice, *, is_filtered: bool) -> Callable[[str], Any]:
        choices = [replace(choice, conditions=one) for one in filters] if is_filtered else [choice]
        return lambda user: recommend(
            database, _SCHEMA, user, K, choice=choices[int(rng.integers(len(choices)))], served=served
        )

    fused = Choice(retrieve="vectors+similar")
    return {
        "vectors": asking(BEST, is_filtered=False),
        "filtered": asking(BEST, is_filtered=True),
        "fused": asking(fused, is_filtered=False),
        "fused_filtered": asking(fused, is_filtered=True),
    }


def _in_turns(
    ways: dict[str, Callable[[str], Any]], drawn: Iterator[str], say: Callable[[str], None]
) -> dict[str, list[float]]:
    """Return milliseconds of questions by each way, once Java has compiled what they take."""
    for number in range(WARMING):
        for name, ask in ways.items():
            if name != "cf" or number % 10 == 0:
                ask(next(drawn))
    millis: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(TURNS):
        for name, ask in ways.items():
            for _ in range(A_TURN if name != "cf" else A_TURN // 10):  # which takes so much longer
                user = next(drawn)
                started = time.perf_counter()
                ask(user)
                millis[name].append(1000 * (time.perf_counter() - started))
        if turn % 5 == 4:
            say(f"turn {turn + 1}: " + ", ".join(f"{name} {np.percentile(of, 50):.2f} ms" for name, of in millis.items()))
    return millis


def _collaborative(session: neo4j.Session, user: str) -> list[dict[str, Any]]:
    return session.run(_COLLABORATIVE, {"user": user}).data()


def _load(database: Database, rng: np.random.Generator) -> tuple[list[str], ReleaseDraft]:
    """Write users, items, what users met, and a release; return the users' ids and what the release was made of."""
    users, items = [f"user-{number}" for number in range(USERS)], [f"item-{number}" for number in range(ITEMS)]
    tastes = rng.normal(size=(TASTES, DIMENSIONS))
    of_user, of_item = rng.integers(0, TASTES, USERS), rng.integers(0, TASTES, ITEMS)
    user_vectors = tastes[of_user] + 0.5 * rng.normal(size=(USERS, DIMENSIONS))
    item_vectors = tastes[of_item] + 0.5 * rng.normal(size=(ITEMS, DIMENSIONS))
    popularity = 1 / (np.arange(ITEMS) + 100.0)
    popular = rng.choice(ITEMS, (USERS, POPULAR), p=popularity / popularity.sum())
    by_taste = [np.flatnonzero(of_item == taste) for taste in range(TASTES)]
    near = np.stack([rng.choice(by_taste[taste], NEAR) for taste in of_user])
    pairs = np.unique(
        np.column_stack([np.repeat(np.arange(USERS), NEAR + POPULAR), np.hstack([near, popular]).ravel()]), axis=0
    )
    met = pl.DataFrame({SOURCE: [users[row] for row in pairs[:, 0]], TARGET: [items[row] for row in pairs[:, 1]]})
    tables = Tables(
        schema=_SCHEMA,
        nodes=(
            NodeTable("User", pl.DataFrame({"id": users})),
            NodeTable(
                "Item",
                pl.DataFrame(
                    {
                        "id": items,
                        "title": [f"title of {one}" for one in items],
                        "category": [f"c{number % CATEGORIES}" for number in range(ITEMS)],
                    }
                ),
            ),
        ),
        edges=(EdgeTable(_RATED, met),),
        set_aside=set_aside.empty(),
    )
    write_tables(database, tables)
    draft = ReleaseDraft(
        users=Embeddings("User", np.array(users), user_vectors.astype(np.float32)),
        items=(Embeddings("Item", np.array(items), item_vectors.astype(np.float32)),),
        config={},
        metrics={},
        popular={"Item": items[:100]},
    )
    publish(database, _SCHEMA, draft)
    return users, draft
