"""A release in whole numbers answers everything as the vectors that are left of it do."""

from dataclasses import replace

import numpy as np
import pytest

from graph.database import Database
from graph.embeddings import Embeddings
from graph.errors import ReleaseError
from graph.explain import explain
from graph.explore import Explorer
from graph.publish import publish
from graph.recommend import recommend
from graph.releases import active_release, list_releases, rollback
from graph.releases.columns import Scales, release_columns, served_draft
from graph.releases.stored import read_ranking
from graph.similar import similar
from tests.small_releases import SCHEMA, best, make_draft, pasted, rows, traces, write_graph

pytestmark = pytest.mark.integration
MET = [("u1", "i2"), ("u1", "i3"), ("u2", "i3"), ("u3", "i2"), ("u2", "i7"), ("u3", "i8"), ("u1", "i8"), ("u2", "i9")]


@pytest.fixture(params=["SEARCH", "queryNodes"])
def path(request, monkeypatch):
    if request.param == "queryNodes":
        monkeypatch.setattr(Database, "supports_search", False)
    return request.param


@pytest.fixture(params=["int8", "int4"])
def small(request):
    """Make drafts of items of lengths that differ less than elsewhere: a much shorter one is all zeros on its grid."""

    def make(**changed):
        rng = np.random.default_rng(0)
        vectors = (
            np.exp(rng.normal(0, {"int8": 0.7, "int4": 0.2}[request.param], (60, 1))) * rng.normal(size=(60, 15))
        ).astype(np.float32)
        items = Embeddings("Item", np.array([f"i{n}" for n in range(60)]), vectors)
        return make_draft(dimensions=15, code=request.param, **{"items": (items,)} | changed)

    return make


def left_of(draft):
    """The draft with the vectors that are left once they are whole numbers, to be published as floats."""
    scales = Scales.of(draft)
    return replace(served_draft(draft, release_columns(draft, scales), scales), code="float32")


def test_a_vector_is_of_small_whole_numbers_and_is_read_back_as_what_is_left(database, small):
    draft = small()
    write_graph(database, draft)
    release = publish(database, SCHEMA, draft)
    assert release.code == draft.code
    assert {(column.code, column.dimensions) for column in release.columns} == {(draft.code, 16)}
    stored = rows(
        database, "MATCH (n) WHERE n.hopline_v1 IS NOT NULL RETURN valueType(n.hopline_v1) AS type, n.hopline_v1 AS v"
    )
    assert {row["type"] for row in stored} == {"LIST<INTEGER NOT NULL> NOT NULL"}
    assert all(0 <= number <= {"int8": 255, "int4": 15}[draft.code] for row in stored for number in row["v"])
    users, (items,) = read_ranking(database, SCHEMA, release)
    wanted = left_of(draft)
    for read, of_draft in ((users, wanted.users), (items, wanted.items[0])):
        order = np.argsort(read.ids)
        np.testing.assert_allclose(read.vectors[order], of_draft.vectors[np.argsort(of_draft.ids)], rtol=1e-5, atol=1e-6)


def test_recommendations_are_those_of_what_is_left(database, path, small):
    draft = small()
    write_graph(database, draft, MET)
    publish(database, SCHEMA, draft)
    for row, user in enumerate(draft.users.ids.tolist()):
        seen = [item for who, item in MET if who == user]
        found = recommend(database, SCHEMA, user, 8)
        left = left_of(draft)
        _, scores = best(left, row, 8, seen)
        assert found.by_model
        assert [item.score for item in found.items] == pytest.approx(scores, rel=1e-4)
        own = [left.users.vectors[row] @ left.items[0].vectors[int(item.id[1:])] for item in found.items]
        assert own == pytest.approx(scores, rel=1e-4)  # of two whose scores are equal either may come first
        assert not set(seen) & {item.id for item in found.items}
        assert {(item_id, score) for item_id, _, score in pasted(database, found)} == {(i.id, i.score) for i in found.items}


def test_items_alike_are_those_of_what_is_left(database, path, small):
    draft = small()
    write_graph(database, draft)
    publish(database, SCHEMA, draft)
    vectors = left_of(draft).items[0].vectors
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    for place in range(0, 60, 7):
        cosine = unit @ unit[place]
        cosine[place] = -np.inf
        order = np.argsort(-cosine)[:8]
        found = similar(database, SCHEMA, f"i{place}", 8)
        assert [cosine[int(item.id[1:])] for item in found.items] == pytest.approx(cosine[order], abs=1e-5)
        assert [item.score for item in found.items] == pytest.approx(cosine[order], abs=1e-5)


def test_an_item_of_zeros_is_like_nothing(database, path, small):
    plain = small().items[0]
    vectors = plain.vectors.copy()
    vectors[4] = 0
    draft = small(items=(Embeddings("Item", plain.ids, vectors),))
    write_graph(database, draft)
    publish(database, SCHEMA, draft)
    found = [item.id for item in similar(database, SCHEMA, "i0", 60).items]
    assert len(found) == left_of(draft).items[0].vectors.any(axis=1).sum() - 1 > 50
    assert "i4" not in found
    assert similar(database, SCHEMA, "i4", 5).items == []


def test_reasons_and_communities_are_those_of_what_is_left(database, small):
    draft = small()
    write_graph(database, draft, MET)
    publish(database, SCHEMA, draft)
    reasons = [explain(database, SCHEMA, "u1", item).paths for item in ("i7", "i9")]
    groups = Explorer(database, SCHEMA).communities(by="vectors", neighbours=3)
    publish(database, SCHEMA, left_of(draft))
    assert active_release(database).code == "float32"
    rel = {"int8": 1e-4, "int4": 3e-2}[
        draft.code
    ]  # likeness tells of the longest item, which rounding leaves longer or shorter
    for small_paths, item in zip(reasons, ("i7", "i9"), strict=True):
        paths = explain(database, SCHEMA, "u1", item).paths
        assert [path.sentence for path in small_paths] == [path.sentence for path in paths]
        assert [path.weight for path in small_paths] == pytest.approx([path.weight for path in paths], rel=rel)
        assert paths
    assert np.array_equal(Explorer(database, SCHEMA).communities(by="vectors", neighbours=3).members, groups.members)


def changed(draft, row):
    vectors = draft.items[0].vectors.copy()
    vectors[row] = vectors[row][::-1] * np.float32(0.5)
    return replace(draft, items=(Embeddings("Item", draft.items[0].ids, vectors),))


def test_what_changed_alone_is_written_over_an_old_release_of_the_same_code(database, small):
    drafts = [small()]
    write_graph(database, drafts[0])
    for row in (1, 2, 3):
        drafts.append(changed(drafts[-1], row))
    releases = [publish(database, SCHEMA, draft) for draft in drafts]
    assert [release.slot for release in releases] == [1, 2, 3, 1]
    assert releases[3].grid == releases[0].grid
    for user in range(8):
        wanted = best(left_of(drafts[3]), user, 5)[0]
        assert [item.id for item in recommend(database, SCHEMA, f"u{user}", 5).items] == wanted
    assert rollback(database, SCHEMA).version == 3
    assert publish(database, SCHEMA, replace(drafts[3], code="float32")).slot == 5
    assert traces(database) >= {"hopline_v5"}


def test_a_longer_item_is_not_written_over_what_cannot_hold_it(database, small):
    draft = small()
    write_graph(database, draft)
    for _ in range(3):
        publish(database, SCHEMA, draft)
    vectors = draft.items[0].vectors.copy()
    vectors[0] = 3 * vectors[np.linalg.norm(vectors, axis=1).argmax()]
    longer = replace(draft, items=(Embeddings("Item", draft.items[0].ids, vectors),))
    assert publish(database, SCHEMA, longer).slot == 4


def test_a_release_that_tells_of_no_code_is_of_floats_and_one_in_an_unknown_code_is_refused(database):
    draft = make_draft()
    write_graph(database, draft)
    publish(database, SCHEMA, draft)
    told = "MATCH (r:HoplineRelease) SET r.columns = replace(r.columns, ', \"code\": \"float32\"', '') REMOVE r.code"
    rows(database, told)
    [release] = list_releases(database)
    assert {release.code, *(column.code for column in release.columns)} == {"float32"}
    assert [item.id for item in recommend(database, SCHEMA, "u0", 5).items] == best(draft, 0, 5)[0]
    rows(database, "MATCH (r:HoplineRelease) SET r.code = 'int2'")
    for ask in (lambda: recommend(database, SCHEMA, "u0"), lambda: explain(database, SCHEMA, "u0", "i1")):
        with pytest.raises(ReleaseError, match="in the code 'int2'; this Hopline knows float32, int8, int4"):
            ask()


def test_numbers_that_something_else_wrote_are_found(database, small):
    draft = small()
    write_graph(database, draft)
    publish(database, SCHEMA, draft)
    publish(database, SCHEMA, changed(draft, 1))
    rows(database, "MATCH (i:Item {id: 'i5'}) SET i.hopline_v1 = [300] + tail(i.hopline_v1)")
    with pytest.raises(ReleaseError, match="release 1 is damaged"):
        rollback(database, SCHEMA)
