"""Answers hold only items that are as asked for: those that an exact search among them gives, however few they are."""

import pytest

import graph.unmet
from graph.choice import Choice
from graph.database import Database
from graph.filters import Fact, FilterType, conditions_of
from graph.publish import publish
from graph.recommend import recommend
from graph.schema import EdgeKind, EdgeRole, NodeKind, NodeRole
from graph.session import session
from graph.similar import similar
from tests.small_releases import SCHEMA, best, make_draft, pasted, rows, traces, write_graph

pytestmark = pytest.mark.integration
FILTERS = {
    "price": FilterType.NUMBER,
    "col`our": FilterType.TEXT,
    "in_stock": FilterType.FLAG,
    "tags": FilterType.LIST,
    "genre": Fact(fact="HAS GENRE"),
}
INDEXED = ("col`our", "in_stock", "price")
WITH_GENRES = SCHEMA.model_copy(
    update={
        "nodes": (*SCHEMA.nodes, NodeKind(label="Genre", role=NodeRole.ENTITY, title="name")),
        "edges": (*SCHEMA.edges, EdgeKind(source="Item", type="HAS GENRE", target="Genre", role=EdgeRole.KNOWLEDGE)),
    }
)
ASKED = [
    ({"price": {"at_most": 20}}, lambda n: n % 7 and n <= 20),
    ({"price": {"at_least": 5, "at_most": 20.0}, "in_stock": True}, lambda n: n % 7 and 5 <= n <= 20 and n % 2 == 0),
    ({"col`our": ["red", 'say "hi" $x']}, lambda n: n % 3 != 1),
    ({"tags": ["t3", "none"]}, lambda n: n % 10 == 3),
    ({"genre": "Film-Noir", "price": {"at_least": 100}}, lambda n: n % 20 == 0 and n % 7 and n >= 100),
    ({"price": 290}, lambda n: n == 290),
    ({"col`our": "no such"}, lambda _n: False),
]


@pytest.fixture(params=["narrowed index", "SEARCH", "queryNodes"])
def path(request, monkeypatch):
    """Let the index decide what it can, then nothing, then ask as servers before ``SEARCH`` are: all must give the same."""
    if request.param == "queryNodes":
        monkeypatch.setattr(Database, "supports_search", False)
    return request.param


@pytest.fixture
def draft(database, path):
    """Items whose price is their number, none for each seventh; of three colours, half in stock; each twentieth a Film-Noir."""
    draft = make_draft(num_items=300, filters=INDEXED if path != "SEARCH" else ())
    write_graph(database, draft, [("u1", f"i{n}") for n in range(0, 300, 4)])
    rows(
        database,
        "MATCH (i:Item) WITH i, toInteger(substring(i.id, 1)) AS n "
        "SET i.price = CASE WHEN n % 7 = 0 THEN null WHEN n % 2 = 0 THEN n ELSE toFloat(n) END, i.in_stock = n % 2 = 0, "
        "i.`col``our` = ['red', 'blue', 'say \"hi\" $x'][n % 3], i.tags = ['t' + toString(n % 10), 'all']",
    )
    rows(database, "CREATE (:Genre {id: 'g', name: 'Film-Noir'})")
    rows(
        database,
        "MATCH (g:Genre) MATCH (i:Item) WHERE toInteger(substring(i.id, 1)) % 20 = 0 CREATE (i)-[:`HAS GENRE`]->(g)",
    )
    publish(database, WITH_GENRES, draft)
    return draft


def choice(given):
    return Choice(conditions_of(given, FILTERS, WITH_GENRES))


def others(matches, met=()):
    return {f"i{n}" for n in range(300) if not matches(n)} | set(met)


@pytest.mark.parametrize("given_and_matches", ASKED, ids=lambda asked: str(asked[0]))
def test_recommended_are_the_best_of_those_that_are_as_asked_for(database, draft, path, given_and_matches):
    given, matches = given_and_matches
    for row, user, met in ((0, "u0", []), (1, "u1", [f"i{n}" for n in range(0, 300, 4)])):
        found = recommend(database, WITH_GENRES, user, 10, choice=choice(given))
        wanted, scores = best(draft, row, 10, others(matches, met))
        assert [item.id for item in found.items] == wanted
        assert [item.score for item in found.items] == pytest.approx(scores, rel=1e-4, abs=1e-3)
        assert pasted(database, found) == [(item.id, item.title, item.score) for item in found.items]
        is_narrowed = any(f"WHERE i.`{name}`" in found.statement for name in ("price", "in_stock"))
        assert is_narrowed is (path == "narrowed index" and "price" in given)


@pytest.mark.parametrize("most", [40, 2_000])
def test_where_the_index_would_have_to_give_too_many_every_item_is_looked_at(database, draft, path, most, monkeypatch):
    monkeypatch.setattr(graph.unmet, "MOST_SEARCHED", most)
    found = recommend(database, WITH_GENRES, "u2", 10, choice=choice({"tags": "t3"}))
    assert [item.id for item in found.items] == best(draft, 2, 10, others(lambda n: n % 10 == 3))[0]
    assert ("vector.similarity.cosine" in found.statement) is (most == 40)


def test_similar_items_and_sessions_are_as_asked_for(database, draft, path):
    wanted = choice({"price": {"at_most": 30}, "tags": ["t3", "t4"]})
    alike = similar(database, WITH_GENRES, "i5", 10, choice=wanted)
    everything = similar(database, WITH_GENRES, "i5", 299)
    right = {"i3", "i4", "i13", "i23", "i24"}
    assert [item.id for item in alike.items] == [item.id for item in everything.items if item.id in right]
    after = session(database, WITH_GENRES, ["i3"], 10, choice=wanted)
    assert not after.by_model
    assert {item.id for item in after.items} == right - {"i3"}


def test_popular_items_are_as_asked_for_and_others_come_where_too_few_are(database, draft, path):
    rows(database, 'MATCH (r:HoplineRelease) SET r.popular = \'{"Item": ["i4", "i5", "i24"]}\'')
    found = recommend(database, WITH_GENRES, "nobody", 3, choice=choice({"price": {"at_least": 20, "at_most": 25}}))
    assert not found.by_model
    assert [item.id for item in found.items] == ["i20", "i24", "i22"]
    assert [item.id for item in recommend(database, WITH_GENRES, "nobody", 1, choice=choice({"price": 24})).items] == ["i24"]


def test_a_change_of_an_item_counts_at_once(database, draft, path):
    for price, there in ((9.5, True), ("much", False), (None, False)):
        rows(database, "MATCH (i:Item {id: 'i290'}) SET i.price = $price", price=price)
        found = recommend(database, WITH_GENRES, "u0", 10, choice=choice({"price": {"at_least": 9, "at_most": 10}}))
        assert ("i290" in [item.id for item in found.items]) is there


def test_a_delta_keeps_its_index_only_where_that_can_be_narrowed_alike(database, draft):
    narrow = make_draft(num_items=300, filters=("price",))
    slots = []
    for _ in range(4):
        release = publish(database, WITH_GENRES, narrow)
        slots.append(release.slot)
        assert release.domain("Item").filters == (("price",) if database.supports_search else ())
    assert slots == [2, 3, 4 if database.supports_search else 1, 2]
    assert traces(database)
