"""Small graphs in Neo4j with vectors whose ranking is known, for tests of publishing and asking."""

import neo4j
import numpy as np
import polars as pl

from graph.embeddings import Embeddings, ReleaseDraft
from graph.event_sum import EventSum
from graph.met_vectors import MetVectors
from graph.schema import EdgeKind, EdgeRole, NodeKind, NodeRole, Schema
from graph.tables import SOURCE, TARGET, EdgeTable, NodeTable, Tables
from graph.write import write_tables
from loaders import set_aside

RATED = EdgeKind(source="User", type="RATED", target="Item", role=EdgeRole.INTERACTION, value="value")
SCHEMA = Schema(
    nodes=(NodeKind(label="User", role=NodeRole.USER), NodeKind(label="Item", role=NodeRole.ITEM, title="title")),
    edges=(RATED,),
)


def write_graph(database, draft, met=()):
    """Write a draft's users and items, titled by their ids, and who met what as (user id, item id)."""
    items = pl.DataFrame({"id": draft.items[0].ids}).with_columns(pl.format("title of {}", "id").alias("title"))
    ratings = pl.DataFrame(
        {SOURCE: [user for user, _ in met], TARGET: [item for _, item in met], "value": [4.0] * len(met)},
        schema={SOURCE: pl.String, TARGET: pl.String, "value": pl.Float64},
    )
    tables = Tables(
        schema=SCHEMA,
        nodes=(NodeTable("User", pl.DataFrame({"id": draft.users.ids})), NodeTable("Item", items)),
        edges=(EdgeTable(RATED, ratings),),
        set_aside=set_aside.empty(),
    )
    write_tables(database, tables)


def make_draft(num_users=8, num_items=40, dimensions=6, seed=0, **changed):
    """Vectors of very different lengths: by dot product they rank quite otherwise than by cosine."""
    rng = np.random.default_rng(seed)
    length = np.exp(rng.normal(0, 1.5, (num_items, 1)))
    parts = {
        "users": Embeddings(
            "User",
            np.array([f"u{n}" for n in range(num_users)]),
            (3 * rng.normal(size=(num_users, dimensions))).astype(np.float32),
        ),
        "items": (
            Embeddings(
                "Item",
                np.array([f"i{n}" for n in range(num_items)]),
                (length * rng.normal(size=(num_items, dimensions))).astype(np.float32),
            ),
        ),
        "config": {"train": {"seed": seed}},
        "metrics": {"ndcg@20": 0.5},
        "popular": {"Item": [f"i{n}" for n in range(num_items)]},
    }
    return ReleaseDraft(**parts | changed)


def met_vectors(seed=3, items=40, dimensions=6):
    """What items say of those who met them: vectors, and how they are summed."""
    rng = np.random.default_rng(seed)
    base, slope = rng.normal(size=(2, dimensions)).astype(np.float32)
    return MetVectors((rng.normal(size=(items, dimensions)).astype(np.float32),), EventSum(base, slope, 0.75, 50.0))


def best(draft, row, k, seen=()):
    """Item ids and scores by falling dot product, those of ``seen`` left out: what an exact search gives."""
    (items,) = draft.items
    scores = items.vectors.astype(np.float64) @ draft.users.vectors[row].astype(np.float64)
    order = [place for place in np.argsort(-scores) if items.ids[place] not in set(seen)][:k]
    return [str(items.ids[place]) for place in order], scores[order]


def by_mmr(vectors, scores, k, diversity):
    """The places of the first ``k`` by maximal marginal relevance, as its formula is written, an item at a time."""
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    worth = (scores - scores.min()) / np.ptp(scores)
    taken = []
    while len(taken) < k:
        rest = [place for place in range(len(scores)) if place not in taken]
        marginal = [
            (1 - diversity) * worth[place] - diversity * max((unit[place] @ unit[other] for other in taken), default=0.0)
            for place in rest
        ]
        taken.append(rest[int(np.argmax(marginal))])
    return taken


def rows(database, text, **params):
    """The rows of any statement, as one would see them in cypher-shell."""
    return _rows(database.endpoint, "neo4j", text, params)


def pasted(database, found):
    """Id, title and score of each item, as one sees them who pastes the statement of an answer into cypher-shell."""
    found = rows(database, found.statement)
    items = found[0]["items"] if found and "items" in found[0] else [[row["id"], row["title"], row["score"]] for row in found]
    return [tuple(item) for item in items]


def rows_of_system(database, text, **params):
    """The rows of a statement on the database that holds the users."""
    return _rows(database.endpoint, "system", text, params)


def _rows(endpoint, database, text, params):
    with neo4j.GraphDatabase.driver(endpoint.uri, auth=endpoint.auth, notifications_min_severity="OFF") as driver:
        return [dict(record) for record in driver.execute_query(text, params, database_=database).records]


def traces(database):
    """What any release left in the graph: names of vector properties in use, and those that the indexes are named for."""
    properties = rows(
        database, "MATCH (n) UNWIND keys(n) AS key WITH key WHERE key STARTS WITH 'hopline_v' RETURN DISTINCT key"
    )
    indexes = rows(database, "SHOW VECTOR INDEXES YIELD name")
    return {row["key"].removesuffix("_norm") for row in properties} | {row["name"].partition(" ")[0] for row in indexes}
