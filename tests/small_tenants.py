"""A small graph of two tenants, in which all that can lead from one to the other does: what was met, facts, friends."""

import numpy as np
import polars as pl

from graph.embeddings import Embeddings, PeopleVectors
from graph.event_sum import EventSum
from graph.met_vectors import MetVectors
from graph.neighbours import SimilarItems, nearest_by_cosine
from graph.publish import publish
from graph.schema import EdgeKind, EdgeRole, NodeKind, NodeRole, Schema
from graph.tables import SOURCE, TARGET, EdgeTable, NodeTable, Tables
from graph.tenants import TenantsConfig
from graph.write import write_tables
from loaders import set_aside
from tests.small_releases import RATED, SCHEMA, make_draft, rows

MINE, OTHERS = "acme", "b`ee"
NAMES = {MINE: "acme", OTHERS: "bee"}
"""By tenant: what stands in the id and title of all that is theirs."""
SIZE, NUM_ITEMS, NUM_USERS = 6, 60, 12
TENANTS = TenantsConfig(item="sh`op", user="shop")
FACTS = EdgeKind(source="Item", type="HAS_GENRE", target="Genre", role=EdgeRole.KNOWLEDGE)
SEQUELS = EdgeKind(source="Item", type="SEQUEL_OF", target="Item", role=EdgeRole.KNOWLEDGE)
FRIENDS = EdgeKind(source="User", type="FRIEND", target="User", role=EdgeRole.SOCIAL)
OF_TENANTS = Schema(
    nodes=(*SCHEMA.nodes, NodeKind(label="Genre", role=NodeRole.ENTITY, title="name")),
    edges=(*SCHEMA.edges, FACTS, SEQUELS, FRIENDS),
)


def owner(number):
    """Whose an item or a user of a number is."""
    return MINE if number % 2 == 0 else OTHERS


def item(number):
    return f"{NAMES[owner(number)]}-item-{number}"


def user(number):
    return f"{NAMES[owner(number)]}-user-{number}"


def publish_tenants(database):
    """Write the graph and a release; each user met things of both tenants, and the last two items are nobody's."""
    rng = np.random.default_rng(4)
    items = np.array([item(n) for n in range(NUM_ITEMS)] + ["nobody-1", "nobody-2"])
    users = np.array([user(n) for n in range(NUM_USERS)])
    vectors = rng.normal(size=(len(items), SIZE)).astype(np.float32)
    asking = rng.normal(size=(len(users), 5)).astype(np.float32)
    asking /= np.linalg.norm(asking, axis=1, keepdims=True)
    base, slope = rng.normal(size=(2, SIZE)).astype(np.float32)
    draft = make_draft(
        users=Embeddings("User", users, rng.normal(size=(len(users), SIZE)).astype(np.float32)),
        items=(Embeddings("Item", items, vectors),),
        popular={"Item": [item(n) for n in range(1, NUM_ITEMS, 2)] + [item(n) for n in range(0, 10, 2)]},
        filters=(TENANTS.item,),
        people=PeopleVectors(Embeddings("User", users, asking), Embeddings("User", users, asking), (TENANTS.user,)),
        met=MetVectors((vectors,), EventSum(base, slope, 0.75, 50.0)),
        similar=SimilarItems("cosine", (nearest_by_cosine(vectors, 8),)),
    )
    met = [(user(n), item(m)) for n in range(NUM_USERS - 2) for m in rng.choice(NUM_ITEMS, 8, replace=False)]
    tables = Tables(
        schema=OF_TENANTS,
        nodes=(
            NodeTable("User", pl.DataFrame({"id": users})),
            NodeTable("Item", pl.DataFrame({"id": items, "title": [f"title of {one}" for one in items]})),
            NodeTable("Genre", pl.DataFrame({"id": ["g0", "g1", "g2"], "name": ["Comedy", "Drama", "Noir"]})),
        ),
        edges=(
            EdgeTable(
                RATED, pl.DataFrame({SOURCE: [u for u, _ in met], TARGET: [i for _, i in met], "value": [4.0] * len(met)})
            ),
            EdgeTable(FACTS, _pairs([(item(n), f"g{n % 3}") for n in range(NUM_ITEMS)])),
            EdgeTable(SEQUELS, _pairs([(item(n), item(n + step)) for n in range(NUM_ITEMS - 2) for step in (1, 2)])),
            EdgeTable(FRIENDS, _pairs([(user(n), user(n + 1)) for n in range(NUM_USERS - 1)])),
        ),
        set_aside=set_aside.empty(),
    )
    write_tables(database, tables)
    for label, name, of in (("Item", "sh`op", item), ("User", "shop", user)):
        owners = [{"id": of(n), "owner": owner(n)} for n in range(NUM_ITEMS if label == "Item" else NUM_USERS)]
        escaped = name.replace("`", "``")
        rows(database, f"UNWIND $rows AS row MATCH (n:{label} {{id: row.id}}) SET n.`{escaped}` = row.owner", rows=owners)
    rows(database, "MATCH (i:Item {id: 'nobody-2'}) SET i.`sh``op` = 7")
    publish(database, OF_TENANTS, draft)
    return draft


def _pairs(pairs):
    return pl.DataFrame({SOURCE: [one for one, _ in pairs], TARGET: [other for _, other in pairs]})
