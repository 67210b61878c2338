"""Users suggested to users: by the exact dot product, none whom one has."""

import numpy as np
import pytest

from graph.database import Database
from graph.embeddings import Embeddings, PeopleVectors, make_indexable
from graph.errors import NotFoundError, ReleaseError, SchemaError
from graph.people import people
from graph.publish import publish
from graph.releases import active_release, collect_releases
from graph.schema import EdgeKind, EdgeRole, Schema
from tests.small_releases import SCHEMA, make_draft, rows, write_graph

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


def draft_of(unknown=(), seed=0):
    """Vectors of different lengths; users of the rows ``unknown`` ask for nobody."""
    plain = make_draft(num_users=SIZE)
    rng = np.random.default_rng(seed)
    asking, asked = rng.normal(size=(2, SIZE, 5)).astype(np.float32)
    asking /= np.linalg.norm(asking, axis=1, keepdims=True)
    asked *= np.exp(rng.normal(0, 1, (SIZE, 1))).astype(np.float32)
    known = np.setdiff1d(np.arange(SIZE), unknown)
    ids = plain.users.ids
    vectors = PeopleVectors(Embeddings("User", ids[known], asking[known]), Embeddings("User", ids, asked))
    return make_draft(num_users=SIZE, people=vectors), asking @ asked.T


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
    assert [row["id"] for row in rows(database, found.statement)] == [one.id for one in found.items]
    assert people(database, SOCIAL, "u0", 2).items == found.items[:2]


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
