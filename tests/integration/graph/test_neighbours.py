"""Relationships between items: written with a release, walked by Cypher, fused with vectors, and nobody's facts."""

import re
import signal
from dataclasses import replace

import numpy as np
import pytest

from graph.choice import Choice
from graph.counts import read_counts
from graph.database import Database
from graph.errors import NotFoundError, ReleaseError
from graph.explain import explain
from graph.explore import Explorer
from graph.filters import FilterType, Indexed, conditions_of
from graph.fused import SHARE, SHARE_BY_EVENTS
from graph.inspect import propose_schema
from graph.neighbours import SimilarItems, nearest_by_cosine
from graph.progress import silent
from graph.publish import publish
from graph.recommend import recommend, recommend_by
from graph.releases import activate, active_release, collect_releases, list_releases, rollback
from graph.releases.lease import hold_lease
from graph.republish import republish
from graph.session import session
from graph.similar import similar
from graph.snapshot import read_snapshot
from tests.small_publishers import start_publisher
from tests.small_releases import SCHEMA, best, make_draft, met_vectors, pasted, rows, write_graph

pytestmark = pytest.mark.integration
K = 5
FUSED = Choice(retrieve="vectors+similar")
MET = [("u1", f"i{n}") for n in (2, 3, 11)]


@pytest.fixture(params=["SEARCH", "queryNodes"])
def path(request, monkeypatch):
    """Ask as newer servers are asked, then as those before ``SEARCH``: both must give the same."""
    if request.param == "queryNodes":
        monkeypatch.setattr(Database, "supports_search", False)
    return request.param


def linked(seed=0, k=K, **changed):
    draft = make_draft(seed=seed, **changed)
    return replace(draft, similar=SimilarItems("cosine", tuple(nearest_by_cosine(part.vectors, k) for part in draft.items)))


def neighbours(draft):
    """Each item's neighbours with their weights, the strongest first."""
    (of_items,) = draft.similar.of_domains
    ids = draft.items[0].ids
    return {
        item: [(str(ids[place]), float(weight)) for place, weight in zip(places, weights, strict=True) if weight]
        for item, places, weights in zip(ids.tolist(), of_items.places, of_items.weights, strict=True)
    }


def written(database, type_):
    found = rows(
        database,
        f"MATCH (i:Item)-[s:`{type_}`]->(j:Item) WITH i, j, s ORDER BY s.weight DESC "
        "RETURN i.id AS item, collect([j.id, s.weight]) AS near",
    )
    return {row["item"]: [tuple(pair) for pair in row["near"]] for row in found}


def types(database):
    found = rows(database, "MATCH ()-[r]->() RETURN DISTINCT type(r) AS type")
    return {row["type"] for row in found} - {"RATED", "FITTED", "SUMMED"}


@pytest.fixture
def draft(database):
    draft = linked()
    write_graph(database, draft, MET)
    return draft


def test_each_item_leads_to_its_neighbours_by_a_type_that_its_release_tells(database, draft):
    release = publish(database, SCHEMA, draft)
    assert (release.similar.type, release.similar.by, release.similar.k) == ("HOPLINE_SIMILAR_V1", "cosine", K)
    wanted = {item: near for item, near in neighbours(draft).items() if near}
    assert written(database, release.similar.type) == wanted
    assert release.similar.numbers == {"Item": sum(map(len, wanted.values()))}
    assert publish(database, SCHEMA, make_draft()).similar is None


def test_two_steps_are_walked_in_cypher_as_the_readme_shows(database, draft, pytestconfig):
    publish(database, SCHEMA, draft)
    (example,) = re.findall(r"```cypher\n(.*?)```", (pytestconfig.rootpath / "README.md").read_text(), re.DOTALL)
    found = rows(database, example.replace("'50'", "'i7'").replace("LIMIT 10", "LIMIT 1000"))
    near, wanted = neighbours(draft), {}
    for first, weight in near["i7"]:
        for second, more in near[first]:
            if second != "i7":
                wanted[second] = wanted.get(second, 0) + weight * more
    assert {row["id"]: pytest.approx(row["weight"]) for row in found} == wanted


def test_releases_lie_side_by_side_and_go_with_what_collects_them(database, draft):
    drafts = [draft, linked(1), linked(2)]
    for number, one in enumerate(drafts, 1):
        assert publish(database, SCHEMA, one).similar.type == f"HOPLINE_SIMILAR_V{number}"
    for number, one in enumerate(drafts, 1):
        assert written(database, f"HOPLINE_SIMILAR_V{number}") == {i: near for i, near in neighbours(one).items() if near}
    assert collect_releases(database, SCHEMA, keep=1) == [1]
    assert types(database) == {"HOPLINE_SIMILAR_V2", "HOPLINE_SIMILAR_V3"}


def test_of_a_release_written_over_another_only_items_whose_neighbours_changed_are_written(database, draft, monkeypatch):
    (of_items,) = draft.similar.of_domains
    weights = of_items.weights.copy()
    weights[[4, 9], 0] += 1
    changed = replace(draft, similar=SimilarItems("cosine", (replace(of_items, weights=weights),)))
    for one in (draft, draft, draft):
        publish(database, SCHEMA, one)
    sent = []
    write = Database.write

    def telling(self, statement, params=None, *more):
        if statement.name == "publish/write_similar":
            sent.extend(params["ids"][place] for place in params["sources"])
        return write(self, statement, params, *more)

    monkeypatch.setattr(Database, "write", telling)
    release = publish(database, SCHEMA, changed)
    assert (release.version, release.slot) == (4, 1)
    assert sent == [["i4"], ["i9"]]
    assert written(database, "HOPLINE_SIMILAR_V1") == {i: near for i, near in neighbours(changed).items() if near}


def test_items_that_went_and_items_made_anew_under_an_old_id_are_put_right_by_the_next_release(database, draft):
    for _ in range(3):
        publish(database, SCHEMA, draft)
    rows(database, "MATCH (i:Item {id: 'i6'}) DETACH DELETE i CREATE (:Item {id: 'i6'})")
    assert publish(database, SCHEMA, draft).slot == 1
    assert written(database, "HOPLINE_SIMILAR_V1") == {i: near for i, near in neighbours(draft).items() if near}
    stays = draft.items[0].ids != "i8"
    smaller = make_draft(items=(replace(draft.items[0], ids=draft.items[0].ids[stays], vectors=draft.items[0].vectors[stays]),))
    smaller = replace(smaller, similar=SimilarItems("cosine", (draft.similar.of_domains[0].among(stays, 0),)))
    assert publish(database, SCHEMA, smaller).slot == 2
    assert written(database, "HOPLINE_SIMILAR_V2") == {i: near for i, near in neighbours(smaller).items() if near}


def test_a_publisher_killed_while_it_writes_them_leaves_those_of_the_old_release_and_the_next_publish_works(database, draft):
    publish(database, SCHEMA, draft)
    publisher = start_publisher(database, linked(1), "publish/write_similar", after=True)
    publisher.join(120)
    assert publisher.exitcode == -signal.SIGKILL
    assert active_release(database).similar.type == "HOPLINE_SIMILAR_V1"
    assert written(database, "HOPLINE_SIMILAR_V1") == {i: near for i, near in neighbours(draft).items() if near}
    assert publish(database, SCHEMA, linked(2)).similar.type == "HOPLINE_SIMILAR_V3"
    assert types(database) == {"HOPLINE_SIMILAR_V1", "HOPLINE_SIMILAR_V3"}
    assert [one.state for one in list_releases(database)] == ["active", "previous"]


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (
            "MATCH (:Item {id: 'i3'})-[s:HOPLINE_SIMILAR_V1]->() SET s.weight = s.weight / 2",
            "those of 'i3' are not those published",
        ),
        (
            "MATCH (a:Item {id: 'i3'}), (b:Item {id: 'i5'}) CREATE (a)-[:HOPLINE_SIMILAR_V1 {weight: 1.0}]->(b)",
            "are there, .* were published",
        ),
    ],
)
def test_a_release_whose_relationships_somebody_wrote_to_is_not_gone_back_to(database, draft, damage, told):
    publish(database, SCHEMA, draft)
    publish(database, SCHEMA, linked(1))
    rows(database, damage)
    with pytest.raises(ReleaseError, match=f"release 1 is damaged: of the relationships of type HOPLINE_SIMILAR_V1 .*{told}"):
        rollback(database, SCHEMA)
    assert active_release(database).version == 2


def test_a_release_is_gone_back_to_though_an_item_was_deleted_since(database, draft):
    publish(database, SCHEMA, draft)
    publish(database, SCHEMA, linked(1))
    rows(database, "MATCH (i:Item {id: 'i6'}) DETACH DELETE i")
    assert rollback(database, SCHEMA).version == 1
    assert activate(database, SCHEMA, 2).version == 2


def test_they_are_nobodys_facts(database, draft):
    without = read_snapshot(database, SCHEMA)
    explorer = Explorer(database, SCHEMA)
    proposed = propose_schema(database)
    publish(database, SCHEMA, replace(draft, similar=None))
    counted = set(read_counts(database).types)
    reasons = explain(database, SCHEMA, "u1", "i7").paths
    around = explorer.neighbourhood("Item", "i3", depth=2).as_dict()
    publish(database, SCHEMA, draft)
    assert types(database) == {"HOPLINE_SIMILAR_V2"}
    now = read_snapshot(database, SCHEMA)
    assert {kind: len(part.source) for kind, part in now.edges.items()} == {
        kind: len(part.source) for kind, part in without.edges.items()
    }
    assert set(read_counts(database).types) == counted
    assert propose_schema(database).schema == proposed.schema
    assert explain(database, SCHEMA, "u1", "i7").paths == reasons
    assert explorer.neighbourhood("Item", "i3", depth=2).as_dict() == around


def fused(cosines, weights, k, share=SHARE):
    """Candidates by what vectors and relationships say of them, each by its largest, and what found each."""
    most_alike, heaviest = (max(abs(value) for value in of.values()) for of in (cosines, weights))
    score = {item: cosine / most_alike + share * weights.get(item, 0) / heaviest for item, cosine in cosines.items()}
    ranked = sorted(score, key=lambda item: (-score[item], item))[:k]
    return ranked, [score[item] for item in ranked]


def by_neighbours(draft, met):
    weight = {}
    for item in met:
        for other, of_other in neighbours(draft)[item]:
            if other not in met:
                weight[other] = weight.get(other, 0) + of_other
    return weight


@pytest.mark.parametrize("code", ["float32", "int8"])
def test_a_fused_answer_has_the_candidates_of_both_and_tells_of_each_what_found_it(database, draft, path, code):
    publish(database, SCHEMA, replace(draft, code=code))
    met = [item for _, item in MET]
    found = recommend(database, SCHEMA, "u1", 12, choice=FUSED)
    if code == "float32":
        weights = by_neighbours(draft, met)
        alike, others = best(draft, 1, 12, met)[0], sorted(weights, key=lambda item: (-weights[item], item))
        candidates = [*alike, *[item for item in others if item not in alike][:12]]
        score = dict(zip(*best(draft, 1, 40, met), strict=True))
        wanted = fused({item: score[item] for item in candidates}, {item: weights.get(item, 0) for item in candidates}, 12)
        assert [item.id for item in found.items] == wanted[0]
        assert [item.score for item in found.items] == pytest.approx(wanted[1])
        assert [item.found_by for item in found.items] == [
            (*(["vectors"] if item in alike else []), *(["similar"] if item in weights else [])) for item in wanted[0]
        ]
    assert {name for item in found.items for name in item.found_by} == {"vectors", "similar"}
    assert all(item.found_by for item in found.items)
    assert path in found.statement
    assert "HOPLINE_SIMILAR_V1" in found.statement
    assert pasted(database, found) == [(item.id, item.title, item.score) for item in found.items]
    assert all(item.found_by == () for item in recommend(database, SCHEMA, "u1", 12).items)


def test_of_a_user_who_met_nothing_vectors_alone_find_and_of_an_unknown_one_nothing_does(database, draft, path):
    publish(database, SCHEMA, draft)
    found = recommend(database, SCHEMA, "u2", 5, choice=FUSED)
    assert [(item.id, item.found_by) for item in found.items] == [(item, ("vectors",)) for item in best(draft, 2, 5)[0]]
    assert not recommend(database, SCHEMA, "nobody", 5, choice=FUSED).by_model
    assert session(database, SCHEMA, ["i1"], 5, choice=FUSED).version == 1


@pytest.mark.parametrize("narrowed", [False, True])
def test_of_a_user_who_met_most_of_what_the_index_gives_the_next_are_candidates_too(database, path, narrowed):
    draft = make_draft(num_items=200)
    near = nearest_by_cosine(np.random.default_rng(9).normal(size=(200, 4)).astype(np.float32), K)
    draft = replace(draft, similar=SimilarItems("rp3beta", (near,)))
    met = best(draft, 1, 60)[0]
    write_graph(database, draft, [("u1", item) for item in met])
    publish(database, SCHEMA, draft)
    titles = {"title": [f"title of i{n}" for n in range(200)]}  # which no index decides
    any_item = conditions_of(titles, {"title": FilterType.TEXT}, SCHEMA) if narrowed else ()
    weights, score = by_neighbours(draft, met), dict(zip(*best(draft, 1, 200, met), strict=True))
    alike, others = best(draft, 1, K, met)[0], sorted(weights, key=lambda item: (-weights[item], item))
    candidates = [*alike, *[item for item in others if item not in alike][:K]]
    wanted = fused({item: score[item] for item in candidates}, {item: weights.get(item, 0) for item in candidates}, K)
    found = recommend(database, SCHEMA, "u1", K, choice=Choice(any_item, retrieve="vectors+similar"))
    assert [item.id for item in found.items] == wanted[0]
    assert [item.score for item in found.items] == pytest.approx(wanted[1], rel=1e-5)


def test_similar_items_are_fused_too(database, path):
    draft = make_draft()
    near = nearest_by_cosine(np.random.default_rng(5).normal(size=(40, 3)).astype(np.float32), 6)  # of a model of its own
    draft = replace(draft, similar=SimilarItems("ease", (near,)))
    write_graph(database, draft)
    assert publish(database, SCHEMA, draft).similar.by == "ease"
    weights = dict(neighbours(draft)["i7"])
    plain = {item.id: item.score for item in similar(database, SCHEMA, "i7", 39).items}
    wanted = fused(plain, weights, 8)
    found = similar(database, SCHEMA, "i7", 8, choice=FUSED)
    assert [item.id for item in found.items] == wanted[0]
    assert [item.score for item in found.items] == pytest.approx(wanted[1])
    assert [item.found_by for item in found.items] == [
        ("vectors", "similar") if item.id in weights else ("vectors",) for item in found.items
    ]
    assert pasted(database, found) == [(item.id, item.title, item.score) for item in found.items]


@pytest.mark.parametrize("code", ["float32", "int8"])
def test_a_session_is_answered_by_neighbours_of_its_items_too(database, draft, path, code):
    met = ["i2", "i3", "i11"]
    publish(database, SCHEMA, replace(draft, met=met_vectors(), code=code))
    plain = session(database, SCHEMA, met, 37).items  # all there are
    assert all(item.found_by == () for item in plain)
    found = session(database, SCHEMA, met, 12, choice=FUSED)
    if code == "float32":
        weights, score = by_neighbours(draft, met), {item.id: item.score for item in plain}
        alike, others = [item.id for item in plain[:12]], sorted(weights, key=lambda item: (-weights[item], item))
        candidates = [*alike, *[item for item in others if item not in alike][:12]]
        wanted = fused(
            {item: score[item] for item in candidates}, {item: weights.get(item, 0) for item in candidates}, 12, SHARE_BY_EVENTS
        )
        assert [item.id for item in found.items] == wanted[0]
        assert [item.score for item in found.items] == pytest.approx(wanted[1], rel=1e-5)
    assert {name for item in found.items for name in item.found_by} == {"vectors", "similar"}
    assert not {item.id for item in found.items} & set(met)
    assert (found.num_events, found.by_model) == (3, True)
    assert pasted(database, found) == [(item.id, item.title, item.score) for item in found.items]


def test_a_session_is_asked_as_validation_chose_for_the_release(database, draft):
    publish(database, SCHEMA, replace(draft, met=met_vectors(), retrieve="vectors+similar"))
    met = ["i2", "i3"]
    assert session(database, SCHEMA, met, 9).items == session(database, SCHEMA, met, 9, choice=FUSED).items
    alone = session(database, SCHEMA, met, 9, choice=Choice(retrieve="vectors"))
    assert all(item.found_by == () for item in alone.items)
    publish(database, SCHEMA, replace(draft, met=met_vectors(), similar=None))
    with pytest.raises(NotFoundError, match="has no relationships between items"):
        session(database, SCHEMA, met, choice=FUSED)


@pytest.mark.parametrize("filters", [(), ("price",)])
def test_what_an_answer_is_narrowed_by_holds_for_both(database, draft, path, filters):
    rows(database, "MATCH (i:Item) SET i.price = toInteger(substring(i.id, 1)), i.kind = ['a', 'b'][i.price % 2]")
    publish(database, SCHEMA, replace(draft, met=met_vectors(), filters=filters))
    declared = {"price": FilterType.NUMBER, "tags": FilterType.LIST}
    cheap = conditions_of({"price": {"at_most": 20}}, declared, SCHEMA)
    met = [item for _, item in MET]
    for found in (
        recommend(database, SCHEMA, "u1", 40, choice=Choice(cheap, retrieve="vectors+similar")),
        session(database, SCHEMA, met, 40, choice=Choice(cheap, retrieve="vectors+similar")),
    ):
        assert {item.id for item in found.items} == {f"i{n}" for n in range(21)} - set(met)
        assert {"vectors", "similar"} == {name for item in found.items for name in item.found_by}


def test_to_fuse_with_what_a_release_does_not_have_is_refused_with_what_to_do(database, draft):
    publish(database, SCHEMA, make_draft())
    for ask in (
        lambda: recommend(database, SCHEMA, "u1", choice=FUSED),
        lambda: similar(database, SCHEMA, "i1", choice=FUSED),
    ):
        with pytest.raises(NotFoundError, match=r"release 1 has no relationships between items; set \[publish\] similar"):
            ask()


def test_a_release_that_validation_found_better_with_neighbours_is_asked_so_unless_a_question_says_otherwise(
    database, draft, path
):
    publish(database, SCHEMA, make_draft())
    first = active_release(database)
    assert (first.retrieve, recommend(database, SCHEMA, "u1", 12).items[0].found_by) == ("vectors", ())
    second = publish(database, SCHEMA, replace(draft, retrieve="vectors+similar"))
    assert second.retrieve == "vectors+similar"
    assert recommend(database, SCHEMA, "u1", 12).items == recommend(database, SCHEMA, "u1", 12, choice=FUSED).items
    assert {name for item in recommend(database, SCHEMA, "u1", 12).items for name in item.found_by} == {"vectors", "similar"}
    alone = recommend(database, SCHEMA, "u1", 12, choice=Choice(retrieve="vectors"))
    met = [item for _, item in MET]
    assert [(item.id, item.found_by) for item in alone.items] == [(item, ()) for item in best(draft, 1, 12, met)[0]]
    by_vectors = recommend_by(database, SCHEMA, second, SCHEMA.items[0], "u1", 12)  # as a canary holds them to exact search
    assert [item.id for item in by_vectors.items] == [item.id for item in alone.items]
    assert all(item.found_by == () for item in similar(database, SCHEMA, "i7", 8).items)
    with hold_lease(database) as lease:
        assert republish(database, SCHEMA, lease, Indexed(), silent).retrieve == "vectors+similar"


def test_a_release_without_neighbours_is_asked_by_its_vectors_whatever_validation_found(database, draft):
    assert publish(database, SCHEMA, replace(draft, similar=None, retrieve="vectors+similar")).retrieve == "vectors"
    assert all(item.found_by == () for item in recommend(database, SCHEMA, "u1", 12).items)
