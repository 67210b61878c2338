"""Users suggested to users: by the exact dot product, none whom one has."""

from dataclasses import replace

import numpy as np
import pytest

from graph.ask_config import AskConfig
from graph.choice import people_choice
from graph.database import Database
from graph.embeddings import Embeddings, PeopleVectors, make_indexable
from graph.errors import NotFoundError, QuestionError, ReleaseError, SchemaError
from graph.people import people
from graph.publish import publish
from graph.releases import active_release, collect_releases
from graph.schema import EdgeKind, EdgeRole, NodeKind, NodeRole, Schema
from tests.small_releases import SCHEMA, make_draft, pasted, rows, write_graph

pytestmark = pytest.mark.integration

SIZE = 30
KINDS = [
    EdgeKind(source="User", type=type_, target="User", role=EdgeRole.SOCIAL, reversed=type_ == "FOLLOWED_BY")
    for type_ in ("FRIEND", "FOLLOWS", "FOLLOWED_BY", "BLOCKED")
]
SOCIAL = Schema(nodes=SCHEMA.nodes, edges=(*SCHEMA.edges, *KINDS))


@pytest.fixture(params=["SEARCH", "queryNodes"])
def path(request, monkeypatch):
    if request.param == "queryNodes":
        monkeypatch.setattr(Database, "supports_search", False)
    return request.param


def draft_of(unknown=(), seed=0, size=SIZE):
    """Vectors of different lengths; users of the rows ``unknown`` ask for nobody."""
    plain = make_draft(num_users=size)
    rng = np.random.default_rng(seed)
    asking, asked = rng.normal(size=(2, size, 5)).astype(np.float32)
    asking /= np.linalg.norm(asking, axis=1, keepdims=True)
    asked *= np.exp(rng.normal(0, 1, (size, 1))).astype(np.float32)
    known = np.setdiff1d(np.arange(size), unknown)
    ids = plain.users.ids
    vectors = PeopleVectors(Embeddings("User", ids[known], asking[known]), Embeddings("User", ids, asked))
    return make_draft(num_users=size, people=vectors), asking @ asked.T


def best(scores, row, k, shut=()):
    order = [place for place in np.argsort(-scores[row]).tolist() if place != row and place not in shut]
    return [f"u{place}" for place in order[:k]], scores[row][order[:k]]


def tie(database, type_, *pairs):
    for one, other in pairs:
        made = f"MATCH (a:User {{id: $a}}), (b:User {{id: $b}}) CREATE (a)-[:{type_}]->(b)"
        rows(database, made, a=f"u{one}", b=f"u{other}")


def test_people_are_ranked_by_the_dot_product_and_whom_one_has_is_left_out(database, path):
    draft, scores = draft_of()
    write_graph(database, draft)
    publish(database, SOCIAL, draft)
    for row in range(SIZE):
        wanted, values = best(scores, row, 6)
        found = people(database, SOCIAL, f"u{row}", 6)
        assert [one.id for one in found.items] == wanted
        assert [one.score for one in found.items] == pytest.approx(values, rel=1e-4, abs=1e-5)
    first = [int(one[1:]) for one in best(scores, 0, 8)[0]]
    tie(database, "FRIEND", (0, first[0]), (first[1], 0))
    tie(database, "FOLLOWS", (0, first[2]), (first[3], 0))
    tie(database, "FOLLOWED_BY", (0, first[4]), (first[5], 0))
    tie(database, "BLOCKED", (0, first[6]), (first[7], 0))
    found = people(database, SOCIAL, "u0", SIZE)
    has = {first[0], first[1], first[2], first[5], first[6], first[7]}
    assert [one.id for one in found.items] == best(scores, 0, SIZE, has)[0]
    assert (found.domain, found.by_model, path in found.statement) == ("User", True, True)
    assert [one[0] for one in pasted(database, found)] == [one.id for one in found.items]
    assert people(database, SOCIAL, "u0", 2).items == found.items[:2]


def ages(path, number=SIZE):
    """Filters by age and city, whose index can decide ages where the server has SEARCH and the release was published so."""
    declared = AskConfig(people_filters={"age": "number", "city": "text", "likes": "list", "club": {"fact": "IN_CLUB"}})
    return declared, (("age", "city") if path == "SEARCH" else ())


def grow_old(database):
    """Users are as old as their number, of three cities, and in one of two clubs."""
    rows(
        database,
        "MATCH (u:User) WITH u, toInteger(substring(u.id, 1)) AS n "
        "SET u.age = n, u.city = ['Oslo', 'Bergen', 'Rome'][n % 3], u.likes = [n % 2, n % 5] "
        "MERGE (c:Club {id: 'c' + (n % 2), name: ['chess', 'rowing'][n % 2]}) CREATE (u)-[:IN_CLUB]->(c)",
    )


CLUBS = Schema(
    nodes=(*SOCIAL.nodes, NodeKind(label="Club", role=NodeRole.ENTITY, title="name")),
    edges=(*SOCIAL.edges, EdgeKind(source="User", type="IN_CLUB", target="Club", role=EdgeRole.KNOWLEDGE)),
)


@pytest.mark.parametrize("is_indexed", [True, False])
def test_people_are_narrowed_to_those_who_are_as_asked_for(database, path, is_indexed):
    draft, scores = draft_of()
    write_graph(database, draft)
    grow_old(database)
    ask, indexed = ages(path)
    draft = replace(draft, people=replace(draft.people, filters=indexed if is_indexed else ()))
    release = publish(database, CLUBS, draft)
    assert release.people.filters == (indexed if is_indexed else ())

    def asked(user, k, filter):
        return people(database, CLUBS, user, k, choice=people_choice(ask, CLUBS, filter))

    def wanted(row, k, meets):
        return best(scores, row, k, {place for place in range(SIZE) if not meets(place)})[0]

    tie(database, "FRIEND", (0, 12), (0, 15))
    for filter_, meets in (
        ({"age": {"at_least": 10, "at_most": 20}}, lambda n: 10 <= n <= 20 and n not in {12, 15}),
        ({"city": ["Oslo", "Rome"], "age": {"at_least": 10}}, lambda n: n >= 10 and n % 3 != 1 and n not in {12, 15}),
        ({"city": "Bergen"}, lambda n: n % 3 == 1),
        ({"likes": 4}, lambda n: n % 5 == 4),
        ({"club": "rowing", "city": "Oslo"}, lambda n: n % 6 == 3 and n != 15),
        ({"age": 999}, lambda n: False),
    ):
        found = asked("u0", 4, filter_)
        assert [one.id for one in found.items] == wanted(0, 4, meets), filter_
        assert [one[0] for one in pasted(database, found)] == [one.id for one in found.items]
    assert [one.id for one in asked("u0", SIZE, None).items] == wanted(0, SIZE, lambda n: n not in {12, 15})


def test_few_who_are_as_asked_for_among_many_fill_an_answer_and_the_index_is_asked_no_wider_than_it_must(database, path):
    draft, scores = draft_of(size=3_000)
    write_graph(database, draft)
    rows(database, "MATCH (u:User) SET u.rare = toInteger(substring(u.id, 1)) % 500 = 7")
    publish(database, SOCIAL, draft)
    ask = AskConfig(people_filters={"rare": "flag"})
    found = people(database, SOCIAL, "u0", 6, choice=people_choice(ask, SOCIAL, {"rare": True}))
    assert [one.id for one in found.items] == best(scores, 0, 6, {n for n in range(3_000) if n % 500 != 7})[0]
    assert [one.score for one in found.items] == pytest.approx(
        best(scores, 0, 6, {n for n in range(3_000) if n % 500 != 7})[1], rel=1e-4, abs=1e-5
    )
    assert "vector.similarity.cosine" in found.statement  # every user was looked at
    assert "cosine" not in people(database, SOCIAL, "u0", 6).statement


def test_what_cannot_be_asked_of_people_is_told(database):
    ask = ages("SEARCH")[0]
    for given, error, message in (
        ({"year": 1}, NotFoundError, r"cannot filter by 'year'; expected one of .* as \[ask.people_filters\]"),
        ({"age": "old"}, QuestionError, "the filter 'age' got a str; expected a number"),
        ({"city": {"at_least": 1}}, QuestionError, "expected at_least, at_most or both, and a property of numbers"),
    ):
        with pytest.raises(error, match=message):
            people_choice(ask, CLUBS, given)
    with pytest.raises(SchemaError, match=r"\[ask.people_filters\] 'club' asks for the fact 'IN_CLUB', which people do"):
        people_choice(ask, SOCIAL, {"age": 1})
    with pytest.raises(SchemaError, match=r"\[ask.people_filters\] 'hopline_v1' begins with"):
        AskConfig(people_filters={"hopline_v1": "number"}).check(CLUBS)
    apart = AskConfig(people_filters={"boss": {"fact": "BOSS"}}, tenants={"item": "shop", "user": "shop"})
    bosses = Schema(
        nodes=CLUBS.nodes, edges=(*CLUBS.edges, EdgeKind(source="User", type="BOSS", target="User", role=EdgeRole.KNOWLEDGE))
    )
    with pytest.raises(SchemaError, match=r"\[ask.people_filters\] 'boss' leads to items or users"):
        people_choice(apart, bosses, {"boss": "u1"}, "acme")
    with pytest.raises(SchemaError, match="leads to items or users"):
        apart.check(bosses)


def test_who_has_a_tie_with_everybody_is_suggested_nobody(database, path):
    draft, _ = draft_of()
    write_graph(database, draft)
    publish(database, SOCIAL, draft)
    tie(database, "FRIEND", *((0, other) for other in range(1, SIZE)))
    assert people(database, SOCIAL, "u0", 5).items == []


def test_who_cannot_be_answered_is_told_why(database):
    draft, _ = draft_of(unknown=[3])
    write_graph(database, draft)
    with pytest.raises(SchemaError, match="no relationship between two User nodes"):
        people(database, SCHEMA, "u0")
    with pytest.raises(ReleaseError, match="nothing is published yet"):
        people(database, SOCIAL, "u0")
    publish(database, SOCIAL, make_draft(num_users=SIZE))
    with pytest.raises(ReleaseError, match=r"release 1 cannot suggest people.*\[tasks.people\]"):
        people(database, SOCIAL, "u0")
    publish(database, SOCIAL, draft)
    with pytest.raises(NotFoundError, match="there is no User whose id is 'nobody'"):
        people(database, SOCIAL, "nobody")
    rows(database, "CREATE (:User {id: 'late'})")
    for user in ("late", "u3"):
        with pytest.raises(NotFoundError, match=f"release 2 knows nothing of User '{user}'"):
            people(database, SOCIAL, user)


def test_a_release_takes_its_people_with_it_when_it_goes(database):
    draft, _ = draft_of()
    write_graph(database, draft)
    for _ in range(2):
        publish(database, SOCIAL, draft)
    assert active_release(database).people.num_people == SIZE
    publish(database, SOCIAL, make_draft(num_users=SIZE))
    publish(database, SOCIAL, make_draft(num_users=SIZE))
    assert active_release(database).people is None
    assert collect_releases(database, SOCIAL, keep=1) == [2, 1]
    left = rows(database, "MATCH (u:User) UNWIND keys(u) AS key RETURN DISTINCT key")
    assert {row["key"] for row in left} == {"id", "hopline_v3", "hopline_v3_norm", "hopline_v4", "hopline_v4_norm"}
    assert {row["name"] for row in rows(database, "SHOW VECTOR INDEXES YIELD name")} == {"hopline_v3 Item", "hopline_v4 Item"}


def test_an_index_of_people_that_does_not_rank_as_the_model_is_not_made_active(database, monkeypatch):
    draft, _ = draft_of()
    write_graph(database, draft)

    def wrong(users, items, scale=None):
        made = make_indexable(users, items, scale)
        if items[0].label == "User":
            made.items[0][:] = made.items[0][::-1].copy()
        return made

    monkeypatch.setattr("graph.releases.columns.make_indexable", wrong)
    with pytest.raises(ReleaseError, match=r"the index of release 1 gives \d+% of the exact top 10 of User"):
        publish(database, SOCIAL, draft)
    assert rows(database, "SHOW VECTOR INDEXES YIELD name") == []
