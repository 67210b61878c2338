"""Users whom no training has seen, and sessions: asked by what was met, as the sum of events and exact products say."""

from dataclasses import replace

import numpy as np
import pytest

from graph.choice import Choice
from graph.database import Database
from graph.embeddings import Embeddings
from graph.errors import NotFoundError
from graph.event_sum import SINCE
from graph.event_weights import EventWeights, TypeWeight
from graph.fused import SHARE, SHARE_BY_EVENTS
from graph.met_vectors import from_bytes, to_bytes
from graph.neighbours import SimilarItems, nearest_by_cosine
from graph.publish import publish
from graph.recommend import recommend
from graph.releases import activate, active_release, list_releases
from graph.releases.stored import read_ranking
from graph.rerank import rerank
from graph.session import session
from graph.traits import TraitGroup, Traits
from tests.small_releases import SCHEMA, best, make_draft, met_vectors, pasted, rows, traces, write_graph

pytestmark = pytest.mark.integration
SIZE, ITEMS = 6, 40


@pytest.fixture(params=["SEARCH", "queryNodes"])
def path(request, monkeypatch):
    """Ask as newer servers are asked, then as those before ``SEARCH``: both must give the same."""
    if request.param == "queryNodes":
        monkeypatch.setattr(Database, "supports_search", False)
    return request.param


def wanted(draft, places, k):
    """The best items for who met those at ``places``, but for these, by exact products with the vectors as they are kept."""
    (items,) = draft.items
    kept = from_bytes([row.tobytes() for row in to_bytes(draft.met.asking[0])], SIZE)
    scores = items.vectors.astype(np.float64) @ draft.met.sum.vector(kept[places]).astype(np.float64)
    met = {f"i{place}" for place in places}
    order = [place for place in np.argsort(-scores) if items.ids[place] not in met][:k]
    return [str(items.ids[place]) for place in order], scores[order]


def arrive(database, user, places):
    """A user who came after the release, and met items in the order that is given."""
    rows(database, "CREATE (:User {id: $user})", user=user)
    for place in places:
        rows(
            database,
            "MATCH (u:User {id: $user}), (i:Item {id: $item}) CREATE (u)-[:RATED {value: 4.0}]->(i)",
            user=user,
            item=f"i{place}",
        )


@pytest.mark.parametrize("code", ["float32", "int8"])
@pytest.mark.parametrize("places", [[7], [0, 5, 9, 30]])
def test_a_user_who_came_since_is_asked_for_by_what_they_met(database, path, places, code):
    draft = make_draft(met=met_vectors(), code=code)
    write_graph(database, draft)
    publish(database, SCHEMA, draft)
    draft = replace(draft, items=read_ranking(database, SCHEMA, active_release(database))[1])
    arrive(database, "late", places)
    found = recommend(database, SCHEMA, "late", 5)
    ids, scores = wanted(draft, places, 5)
    assert [item.id for item in found.items] == ids
    assert [item.score for item in found.items] == pytest.approx(scores, rel=1e-4)
    assert (found.by_model, found.num_events) == (True, len(places))
    assert [item_id for item_id, _, _ in pasted(database, found)] == ids


def test_the_answer_follows_each_event(database):
    draft = make_draft(met=met_vectors())
    write_graph(database, draft)
    publish(database, SCHEMA, draft)
    assert not recommend(database, SCHEMA, "late", 5).by_model
    arrive(database, "late", [])
    assert not recommend(database, SCHEMA, "late", 5).by_model
    for number in range(1, 5):
        rows(
            database,
            "MATCH (u:User {id: 'late'}), (i:Item {id: $item}) CREATE (u)-[:RATED {value: 4.0}]->(i)",
            item=f"i{3 * number}",
        )
        ids, _ = wanted(draft, [3 * n for n in range(1, number + 1)], 5)
        assert [item.id for item in recommend(database, SCHEMA, "late", 5).items] == ids


def published(database, code="float32", **changed):
    """Publish vectors of users who had met two items each; return what the graph ranks by, as it was rounded."""
    draft = make_draft(code=code, known=np.full(8, 2), **{"met": met_vectors()} | changed)
    write_graph(database, draft, [(f"u{user}", f"i{item}") for user in range(8) for item in (38, 39)])
    publish(database, SCHEMA, draft)
    users, items = read_ranking(database, SCHEMA, active_release(database))
    return replace(draft, users=users, items=items)


def meet(database, user, places):
    for place in places:
        rows(
            database,
            "MATCH (u:User {id: $user}), (i:Item {id: $item}) CREATE (u)-[:RATED {value: 4.0, time: $time}]->(i)",
            user=user,
            item=f"i{place}",
            time=1_750_000_000 + place,
        )


def scores_after(draft, user, places):
    """What each item is worth to a user of whom a vector was learnt and who met more since."""
    (items,) = draft.items
    kept = from_bytes([row.tobytes() for row in to_bytes(draft.met.asking[0])], SIZE)
    learnt = draft.users.vectors[draft.users.ids.tolist().index(user)]
    length = np.linalg.norm(learnt)
    since = draft.met.sum.vector(kept[places])
    moved = learnt / length + SINCE * since
    return items.ids, items.vectors @ (length * moved / np.linalg.norm(moved))


@pytest.mark.parametrize("code", ["float32", "int8"])
def test_what_a_known_user_does_moves_their_vector_with_each_event(database, path, code):
    draft = published(database, code)
    assert recommend(database, SCHEMA, "u1", 5).num_events is None
    for number in range(1, 4):
        met = [3 * n for n in range(1, number + 1)]
        meet(database, "u1", met[-1:])
        found = recommend(database, SCHEMA, "u1", 5)
        ids, scores = scores_after(draft, "u1", met)
        seen = {f"i{place}" for place in (38, 39, *met)}
        order = [place for place in np.argsort(-scores) if ids[place] not in seen][:5]
        assert [item.id for item in found.items] == [str(ids[place]) for place in order]
        assert [item.score for item in found.items] == pytest.approx(scores[order].tolist(), rel=1e-4)
        assert (found.by_model, found.num_events) == (True, number)
        assert [id_ for id_, *_ in pasted(database, found)] == [item.id for item in found.items]
    again = rerank(database, SCHEMA, "u1", [item.id for item in found.items])
    assert [(item.id, pytest.approx(item.score, rel=1e-4)) for item in again.items] == [(i.id, i.score) for i in found.items]
    assert again.num_events == 3
    assert recommend(database, SCHEMA, "u2", 5).num_events is None


def delete(database, user, *items):
    rows(database, "MATCH (:User {id: $user})-[r:RATED]->(i:Item) WHERE i.id IN $items DELETE r", user=user, items=list(items))


@pytest.mark.parametrize("retrieve", ["vectors", "vectors+similar"])
def test_who_took_back_all_that_was_learnt_is_asked_for_as_somebody_new(database, path, retrieve):
    near = SimilarItems("cosine", (nearest_by_cosine(make_draft().items[0].vectors, 4),))
    draft = published(database, popular={"Item": ["i5", "i38", "i9"]}, similar=near)
    choice = Choice(retrieve=retrieve)
    delete(database, "u1", "i38")
    found = recommend(database, SCHEMA, "u1", 5)  # of what is left nobody can tell what it was learnt with
    assert [item.id for item in found.items] == best(draft, draft.users.ids.tolist().index("u1"), 5, seen=["i39"])[0]
    delete(database, "u1", "i39")
    found = recommend(database, SCHEMA, "u1", 3, choice=choice)
    assert (found.by_model, [item.id for item in found.items]) == (False, ["i5", "i38", "i9"])
    assert recommend(database, SCHEMA, "u2", 3, choice=choice).by_model
    ranked = rerank(database, SCHEMA, "u1", ["i3", "i5", "i7"])
    places = [draft.items[0].ids.tolist().index(one) for one in ("i3", "i5", "i7")]  # the graph has them in any order
    kept = draft.items[0].vectors[places] @ draft.met.sum.vector([])
    assert (ranked.by_model, ranked.num_events) == (False, 0)
    assert [item.id for item in ranked.items] == [("i3", "i5", "i7")[place] for place in np.argsort(-kept)]


HALVES_A_DAY = EventWeights(types={"RATED": TypeWeight(value="value", neutral=3, unit=2, half_life_s=86_400)})
NOW = 1_750_000_000
EVENTS = {3: (5, NOW), 8: (4, NOW - 86_400), 12: (1, NOW - 10), 21: (5, NOW - 2 * 86_400)}  # value and time by item
COUNTED = [1, 0.25, 0, 0.25]


def rate(database, user):
    for place, (value, time) in EVENTS.items():
        rows(
            database,
            "MERGE (u:User {id: $user}) WITH u MATCH (i:Item {id: $item}) "
            "CREATE (u)-[:RATED {value: $value, time: $time}]->(i)",
            user=user,
            item=f"i{place}",
            value=value,
            time=time,
        )


@pytest.mark.parametrize("user", ["u1", "late"])
@pytest.mark.parametrize("retrieve", ["vectors", "vectors+similar"])
def test_events_count_by_what_was_done_how_much_of_it_and_how_long_ago(database, path, user, retrieve):
    met = met_vectors()
    met = replace(met, sum=replace(met.sum, weights=HALVES_A_DAY))
    near = SimilarItems("cosine", (nearest_by_cosine(make_draft().items[0].vectors, 4),))
    draft = published(database, met=met, similar=near)
    rate(database, user)
    release = active_release(database)
    assert release.met.weights == HALVES_A_DAY
    kept = from_bytes([row.tobytes() for row in to_bytes(met.asking[0])], SIZE)[list(EVENTS)]
    places = draft.users.ids.tolist()
    if user == "late":
        asking, length = met.sum.vector(kept, COUNTED), 1.0
    else:
        length = np.linalg.norm(draft.users.vectors[places.index(user)])
        asking = met.sum.moved(draft.users.vectors[places.index(user)] / length, kept, COUNTED)
    scores = draft.items[0].vectors @ (asking * length)
    ranked = rerank(database, SCHEMA, user, [f"i{n}" for n in range(ITEMS)])
    of_item = dict(zip(draft.items[0].ids.tolist(), scores.tolist(), strict=True))
    assert [item.score for item in ranked.items] == pytest.approx(
        [of_item[item.id] for item in ranked.items], rel=1e-4, abs=1e-5
    )
    found = recommend(database, SCHEMA, user, 5, choice=Choice(retrieve=retrieve))
    assert (found.by_model, found.num_events) == (True, 4)
    if retrieve == "vectors":
        seen = {*(f"i{place}" for place in EVENTS), *(("i38", "i39") if user == "u1" else ())}
        assert [item.id for item in found.items] == [
            item for item in sorted(of_item, key=of_item.get)[::-1] if item not in seen
        ][:5]


def test_an_event_on_an_item_that_the_release_does_not_know_leaves_the_vector_as_it_was_learnt(database, path):
    draft = published(database)
    rows(database, "MATCH (u:User {id: 'u1'}) CREATE (u)-[:RATED {time: 1}]->(:Item {id: 'new'})")
    found = recommend(database, SCHEMA, "u1", 5)
    order, scores = best(draft, draft.users.ids.tolist().index("u1"), 5, seen=["i38", "i39"])
    assert ([item.id for item in found.items], found.num_events) == (order, None)
    assert [item.score for item in found.items] == pytest.approx(scores.tolist(), rel=1e-4)


def test_a_release_that_counted_no_events_asks_by_what_was_learnt(database):
    draft = make_draft(met=met_vectors())
    write_graph(database, draft)
    publish(database, SCHEMA, draft)
    meet(database, "u1", [3])
    found = recommend(database, SCHEMA, "u1", 5)
    assert ([item.id for item in found.items], found.num_events) == (best(draft, 1, 5, seen=["i3"])[0], None)


def test_a_user_who_met_almost_all_gets_what_is_left(database, path):
    many = 300
    rng = np.random.default_rng(0)
    items = Embeddings("Item", np.array([f"i{n}" for n in range(many)]), rng.normal(size=(many, SIZE)).astype(np.float32))
    draft = make_draft(items=(items,), met=met_vectors(items=many), popular={"Item": []})
    write_graph(database, draft)
    publish(database, SCHEMA, draft)
    left = {4, 77, 250}
    rows(
        database,
        "CREATE (u:User {id: 'late'}) WITH u MATCH (i:Item) WHERE NOT i.id IN $left CREATE (u)-[:RATED]->(i)",
        left=[f"i{n}" for n in left],
    )
    assert {item.id for item in recommend(database, SCHEMA, "late", 5).items} == {f"i{n}" for n in left}


def test_a_session_is_asked_for_by_its_items_and_leaves_them_out(database, path):
    draft = make_draft(met=met_vectors())
    write_graph(database, draft)
    publish(database, SCHEMA, draft)
    found = session(database, SCHEMA, ["i3", "i8", "not there"], 5)
    assert [item.id for item in found.items] == wanted(draft, [3, 8], 5)[0]
    assert (found.by_model, found.num_events) == (True, 2)
    assert [item_id for item_id, _, _ in pasted(database, found)] == [item.id for item in found.items]


def test_a_session_that_tells_nothing_gets_popular_items(database):
    draft = make_draft(popular={"Item": ["i5", "i1", "i9"]})
    write_graph(database, draft)
    publish(database, SCHEMA, draft)
    found = session(database, SCHEMA, ["i5"], 2)
    assert (found.by_model, [item.id for item in found.items]) == (False, ["i1", "i9"])
    assert [item.id for item in session(database, SCHEMA, [], 2).items] == ["i5", "i1"]
    with pytest.raises(NotFoundError, match="none of these 2 items as Item by their id"):
        session(database, SCHEMA, ["x", "y"], 2)


def test_the_vectors_of_what_was_met_go_and_come_with_their_release(database):
    write_graph(database, make_draft())
    publish(database, SCHEMA, make_draft())
    assert active_release(database).met is None
    for seed in (1, 2, 3, 4):
        publish(database, SCHEMA, make_draft(met=met_vectors(seed)), keep=2)
    assert active_release(database).met.exponent == 0.75
    kept = {f"hopline_v{release.slot}" for release in list_releases(database)}
    assert {name.removesuffix("_met") for name in traces(database)} <= kept
    before = next(release.version for release in list_releases(database) if release.state == "previous")
    assert activate(database, SCHEMA, before).met is not None  # its checksums, of these vectors too, are as they were


def test_a_vector_made_of_events_and_neighbours_of_what_was_met_are_fused(database, path):
    draft = make_draft(met=met_vectors())
    near = nearest_by_cosine(draft.items[0].vectors, 4)
    draft = replace(draft, similar=SimilarItems("cosine", (near,)))
    write_graph(database, draft)
    publish(database, SCHEMA, draft)
    arrive(database, "late", [7, 9])
    found = recommend(database, SCHEMA, "late", ITEMS, choice=Choice(retrieve="vectors+similar"))
    ids, scores = wanted(draft, [7, 9], ITEMS)
    score = dict(zip(ids, scores, strict=True))
    weights = dict.fromkeys(ids, 0.0)
    for row in (7, 9):
        for place, weight in zip(near.places[row].tolist(), near.weights[row].tolist(), strict=True):
            if place not in (7, 9):
                weights[f"i{place}"] += weight
    for item in found.items:
        assert item.found_by == (("vectors", "similar") if weights[item.id] else ("vectors",))
        alike, near_by = score[item.id] / max(map(abs, scores)), weights[item.id] / max(weights.values())
        assert item.score == pytest.approx(alike + SHARE_BY_EVENTS * near_by, abs=1e-5)
    assert {item.id for item in found.items} == set(ids)
    assert (found.by_model, found.num_events) == (True, 2)


def test_beside_a_learnt_vector_that_events_moved_neighbours_count_as_beside_any_that_was_learnt(database, path):
    draft = make_draft(met=met_vectors(), known=np.zeros(8, np.int64))
    near = nearest_by_cosine(draft.items[0].vectors, 4)
    write_graph(database, draft)
    publish(database, SCHEMA, replace(draft, similar=SimilarItems("cosine", (near,))))
    rows(database, "MATCH (u:User {id: 'u1'}), (i:Item {id: 'i7'}) CREATE (u)-[:RATED {value: 4.0, time: 1}]->(i)")
    plain = recommend(database, SCHEMA, "u1", ITEMS, choice=Choice(retrieve="vectors"))
    found = recommend(database, SCHEMA, "u1", ITEMS, choice=Choice(retrieve="vectors+similar"))
    assert plain.num_events == found.num_events == 1
    most_alike = max(abs(item.score) for item in plain.items)
    weight = {f"i{place}": float(of) for place, of in zip(near.places[7].tolist(), near.weights[7].tolist(), strict=True)}
    wanted_scores = {
        item.id: item.score / most_alike + SHARE * weight.get(item.id, 0.0) / max(weight.values()) for item in plain.items
    }
    assert {item.id: item.score for item in found.items} == pytest.approx(wanted_scores, abs=1e-5)


def with_traits():
    """What was met, and users who are told apart by their work and age."""
    met = met_vectors()
    groups = (TraitGroup("work", categories=("baker", "smith")), TraitGroup("age", edges=(30.0,)))
    vectors = 4 * np.random.default_rng(9).normal(size=(4, SIZE)).astype(np.float32)
    return replace(met, sum=replace(met.sum, traits=Traits(groups, vectors)))


def best_for(draft, places, values, k=5):
    """The best items for a user who met those at ``places`` and is what ``values`` tell."""
    events, (items,) = draft.met.sum, draft.items
    kept = from_bytes([row.tobytes() for row in to_bytes(draft.met.asking[0])], SIZE)
    asking = events.vector(kept[places], own=events.traits.vector(values))
    scores = items.vectors.astype(np.float64) @ asking.astype(np.float64)
    return [f"i{place}" for place in np.argsort(-scores) if place not in places][:k]


def test_whom_nothing_was_learnt_of_is_asked_for_by_what_they_are_too(database, path):
    draft = make_draft(met=with_traits())
    write_graph(database, draft)
    publish(database, SCHEMA, draft)
    arrive(database, "late", [])
    assert not recommend(database, SCHEMA, "late", 5).by_model
    assert not rerank(database, SCHEMA, "late", ["i1", "i2"]).by_model
    rows(database, "MATCH (u:User {id: 'late'}) SET u.work = 'baker', u.age = 41")
    found = recommend(database, SCHEMA, "late", 5)
    assert [item.id for item in found.items] == best_for(draft, [], ["baker", 41])
    assert (found.by_model, found.num_events) == (True, 0)
    assert rerank(database, SCHEMA, "late", [f"i{place}" for place in range(ITEMS)], 5).items[0].id == found.items[0].id
    arrive(database, "later", [3, 8])
    rows(database, "MATCH (u:User {id: 'later'}) SET u.work = 'smith', u.age = null")
    found = recommend(database, SCHEMA, "later", 5)
    assert [item.id for item in found.items] == best_for(draft, [3, 8], ["smith", None])
    assert found.num_events == 2
    rows(database, "MATCH (u:User {id: 'later'}) SET u.work = ['smith', 'baker'], u.age = 'thirty'")
    assert [item.id for item in recommend(database, SCHEMA, "later", 5).items] == best_for(
        draft, [3, 8], [["smith", "baker"], None]
    )


def test_whose_vector_is_zero_is_known_by_what_they_are(database, path):
    draft = make_draft(met=with_traits())
    vectors = draft.users.vectors.copy()
    vectors[1] = 0
    draft = replace(draft, users=replace(draft.users, vectors=vectors))
    write_graph(database, draft)
    publish(database, SCHEMA, draft)
    rows(database, "MATCH (u:User {id: 'u1'})-[r]-() DELETE r")
    rows(database, "MATCH (u:User {id: 'u1'}) SET u.work = 'baker', u.age = 41")
    found = recommend(database, SCHEMA, "u1", 5)
    assert [item.id for item in found.items] == best_for(draft, [], ["baker", 41])
    assert rerank(database, SCHEMA, "u1", [f"i{place}" for place in range(ITEMS)], 1).items[0].id == found.items[0].id


def test_of_whom_something_was_learnt_what_they_are_is_in_that(database, path):
    draft = make_draft(met=with_traits())
    write_graph(database, draft)
    publish(database, SCHEMA, draft)
    before = [item.id for item in recommend(database, SCHEMA, "u1", 5).items]
    rows(database, "MATCH (u:User {id: 'u1'}) SET u.work = 'baker', u.age = 41")
    assert [item.id for item in recommend(database, SCHEMA, "u1", 5).items] == before


def test_a_release_keeps_its_traits(database):
    draft = make_draft(met=with_traits())
    write_graph(database, draft)
    publish(database, SCHEMA, draft)
    kept = active_release(database).met.traits
    assert kept.groups == draft.met.sum.traits.groups
    np.testing.assert_allclose(kept.vectors, draft.met.sum.traits.vectors, atol=1e-6)
