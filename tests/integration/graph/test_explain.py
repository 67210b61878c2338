"""Explanations on a graph made by hand, in which every path is known."""

import numpy as np
import polars as pl
import pytest

from graph.embeddings import Embeddings, ReleaseDraft
from graph.errors import NotFoundError
from graph.explain import explain
from graph.publish import publish
from graph.schema import EdgeKind, EdgeRole, NodeKind, NodeRole, Schema
from graph.tables import SOURCE, TARGET, EdgeTable, NodeTable, Tables
from graph.write import write_tables
from loaders import set_aside
from tests.small_releases import rows

pytestmark = pytest.mark.integration

USER, ITEM = NodeKind(label="User", role=NodeRole.USER, title="name"), NodeKind(label="Film", role=NodeRole.ITEM, title="title")
PERSON = NodeKind(label="Person", role=NodeRole.ENTITY, title="name")
RATED = EdgeKind(source="User", type="RATED", target="Film", role=EdgeRole.INTERACTION, value="value")
FRIEND = EdgeKind(source="User", type="FRIEND", target="User", role=EdgeRole.SOCIAL)
DIRECTED = EdgeKind(source="Film", type="DIRECTED_BY", target="Person", role=EdgeRole.KNOWLEDGE)
ACTED = EdgeKind(source="Person", type="ACTED_IN", target="Film", role=EdgeRole.KNOWLEDGE)
SEQUEL = EdgeKind(source="Film", type="SEQUEL_OF", target="Film", role=EdgeRole.KNOWLEDGE)

USERS = {"ann": "Ann", "bob": "Bob", "cid": "Cid", "dan": "Dan"}
FILMS = {"alien": "Alien", "aliens": "Aliens", "blade": "Blade Runner", "duel": "Duel", "jaws": "Jaws", "up": "Up"}
PEOPLE = {"scott": "Ridley Scott", "ford": "Harrison Ford"}
# Every film's vector is the same, so that likeness is 1 and weights are the links' alone.
RATINGS = [("ann", "alien", 5.0), ("ann", "duel", 1.0), ("bob", "alien", 5.0), ("bob", "jaws", 4.0), ("cid", "alien", 3.0)]
FACTS = {
    DIRECTED: [("alien", "scott"), ("blade", "scott"), ("duel", "scott")],
    SEQUEL: [("aliens", "alien")],
    ACTED: [("ford", "blade"), ("ford", "alien")],
}


def publish_films(database, ratings=RATINGS, friends=(), facts=FACTS, extra=()):
    """Write the films and publish vectors that are all alike; return the schema, of the kinds that are there."""
    kinds = [kind for kind, there in ((RATED, True), (FRIEND, friends), *facts.items()) if there] + list(extra)
    tables = [EdgeTable(RATED, frame([pair[:2] for pair in ratings]).with_columns(value=pl.Series([r[2] for r in ratings])))]
    if friends:
        tables.append(EdgeTable(FRIEND, frame(friends)))
    tables += [EdgeTable(kind, frame(pairs)) for kind, pairs in facts.items()]
    schema = Schema(nodes=(USER, ITEM, PERSON), edges=tuple(kinds))
    nodes = (
        NodeTable("User", pl.DataFrame({"id": list(USERS), "name": list(USERS.values())})),
        NodeTable("Film", pl.DataFrame({"id": list(FILMS), "title": list(FILMS.values())})),
        NodeTable("Person", pl.DataFrame({"id": list(PEOPLE), "name": list(PEOPLE.values())})),
    )
    write_tables(database, Tables(schema, nodes, tuple(tables), set_aside.empty()))
    users, films = (
        Embeddings(label, np.array(list(ids)), np.ones((len(ids), 2), np.float32))
        for label, ids in (("User", USERS), ("Film", FILMS))
    )
    publish(database, schema, ReleaseDraft(users, (films,), config={}, metrics={}, popular={}))
    return schema


def frame(pairs):
    return pl.DataFrame({SOURCE: [one for one, _ in pairs], TARGET: [other for _, other in pairs]})


def sentences(found, kind):
    return [path.sentence for path in found.paths if path.kind == kind]


def test_a_fact_that_joins_two_items_is_a_reason_of_full_weight(database):
    schema = publish_films(database)
    found = explain(database, schema, "ann", "aliens")
    assert sentences(found, "fact") == ["sequel of Alien, which you rated 5"]
    assert found.paths[0].weight == pytest.approx(1, abs=1e-6)
    assert (found.paths[0].nodes, found.paths[0].types) == (("Alien",), ("SEQUEL_OF",))


def test_a_shared_entity_names_it_and_the_more_liked_item_comes_first(database):
    schema = publish_films(database)
    found = explain(database, schema, "ann", "blade", limit=10)
    shared = [path for path in found.paths if path.kind == "shared"]
    assert [path.sentence for path in shared] == [
        "shares Harrison Ford with Alien, which you rated 5 (acted in)",
        "directed by Ridley Scott, like Alien, which you rated 5",
        "directed by Ridley Scott, like Duel, which you rated 1",
    ]
    degree = {"ford": 2, "scott": 3}
    assert [path.weight for path in shared] == pytest.approx(
        [1 / np.log10(10 + degree["ford"]), 1 / np.log10(10 + degree["scott"]), 1 / 5 / np.log10(10 + degree["scott"]) / 2],
        rel=1e-5,
    )


def test_people_are_weighed_by_the_cosine_of_the_audiences(database):
    schema = publish_films(database, facts={})
    (path,) = explain(database, schema, "ann", "jaws").paths
    assert path.sentence == "1 of the 2 others who chose Alien, which you rated 5, chose it too"
    assert path.weight == pytest.approx(1 / np.sqrt(2 * 1), rel=1e-5)


def test_friends_who_chose_it_are_counted_either_way_round(database):
    schema = publish_films(database, friends=[("ann", "bob"), ("dan", "ann")], facts={})
    rows(database, "MATCH (u:User {id: 'dan'}), (f:Film {id: 'jaws'}) CREATE (u)-[:RATED {value: 2.0}]->(f)")
    found = explain(database, schema, "ann", "jaws")
    assert sentences(found, "friends") == ["your friend Bob and another of your friends chose it"]
    assert next(path.weight for path in found.paths if path.kind == "friends") == pytest.approx(2 / 3)


def test_paths_come_by_falling_weight_and_no_more_than_asked(database):
    schema = publish_films(database, friends=[("ann", "bob")])
    for item in FILMS:
        found = explain(database, schema, "ann", item, limit=50)
        weights = [path.weight for path in found.paths]
        assert weights == sorted(weights, reverse=True)
        assert all(0 < weight <= 1 for weight in weights)
        assert explain(database, schema, "ann", item, limit=1).paths == found.paths[:1]


def test_facts_stated_both_ways_round_are_one_reason(database):
    directs = EdgeKind(source="Person", type="DIRECTOR_OF", target="Film", role=EdgeRole.KNOWLEDGE)
    both = {DIRECTED: [("alien", "scott"), ("blade", "scott")], directs: [("scott", "alien"), ("scott", "blade")]}
    schema = publish_films(database, facts=both)
    found = explain(database, schema, "ann", "blade")
    assert sentences(found, "shared") == ["directed by Ridley Scott, like Alien, which you rated 5"]


def test_an_item_that_nothing_joins_has_no_path(database):
    schema = publish_films(database)
    assert explain(database, schema, "ann", "up").paths == []
    assert explain(database, schema, "dan", "blade").paths == []


def test_what_was_disliked_is_no_reason(database):
    schema = publish_films(database, ratings=[("ann", "alien", -1.0), ("ann", "duel", 0.5)])
    found = explain(database, schema, "ann", "blade", limit=10)
    assert [path.nodes for path in found.paths] == [("Duel", "Ridley Scott")]


def test_interactions_without_values_count_in_full_and_are_chosen(database):
    viewed = EdgeKind(source="User", type="INTERACTED", target="Film", role=EdgeRole.INTERACTION)
    publish_films(database)
    rows(database, "MATCH (u:User)-[r:RATED]->(f:Film) CREATE (u)-[:INTERACTED]->(f) DELETE r")
    schema = Schema(nodes=(USER, ITEM, PERSON), edges=(viewed, *FACTS))
    found = explain(database, schema, "ann", "aliens")
    assert sentences(found, "fact") == ["sequel of Alien, which you chose"]
    assert found.paths[0].weight == pytest.approx(1, abs=1e-6)
    assert len(rows(database, found.statement)) == len(found.paths)


@pytest.mark.parametrize("friends", [(), [("ann", "bob")]])
@pytest.mark.parametrize("facts", [{}, FACTS])
def test_the_statement_pasted_gives_the_same_paths_with_or_without_knowledge_and_friends(database, facts, friends):
    schema = publish_films(database, facts=facts, friends=friends)
    for item in ("blade", "jaws", "aliens"):
        found = explain(database, schema, "ann", item, limit=10)
        pasted = rows(database, found.statement)
        assert [(row["kind"], row["weight"]) for row in pasted] == [(path.kind, path.weight) for path in found.paths]


def test_unknown_ends_are_named(database):
    schema = publish_films(database)
    with pytest.raises(NotFoundError, match="there is no User whose id is 'eve'"):
        explain(database, schema, "eve", "alien")
    with pytest.raises(NotFoundError, match="there is no Film whose id is 'nothing'"):
        explain(database, schema, "ann", "nothing")
