import numpy as np
import pytest

from graph.embeddings import Embeddings, make_indexable
from graph.errors import ReleaseError
from graph.publish import publish
from graph.recommend import recommend
from graph.releases import Domain, active_release, list_releases
from graph.releases.check import FIRST_WIDTH
from graph.releases.record import SearchWidths
from tests.small_releases import SCHEMA, best, make_draft, rows, traces, write_graph

pytestmark = pytest.mark.integration


def ids(found):
    return [item.id for item in found.items]


def test_every_user_gets_the_ranking_of_the_exact_dot_product(database):
    draft = make_draft(num_users=40, num_items=300)
    met = [(user, f"i{(n * 7 + m) % 300}") for n, user in enumerate(draft.users.ids) for m in range(n)]
    write_graph(database, draft, met)
    release = publish(database, SCHEMA, draft)
    assert release.active
    for row, user in enumerate(draft.users.ids):
        seen = [item for one, item in met if one == user]
        found = recommend(database, SCHEMA, user, k=20)
        wanted, scores = best(draft, row, 20, seen)
        assert found.by_model
        assert ids(found) == wanted
        assert [item.score for item in found.items] == pytest.approx(scores, rel=1e-4, abs=1e-5 * abs(scores[0]))


def test_who_has_met_nearly_everything_gets_what_is_left(database):
    draft = make_draft(num_users=3, num_items=300)
    left = ["i3", "i140", "i299"]
    met = [("u0", item) for item in draft.items[0].ids if item not in left]
    write_graph(database, draft, met + [("u1", item) for item in draft.items[0].ids])
    publish(database, SCHEMA, draft)
    assert ids(recommend(database, SCHEMA, "u0", k=10)) == best(draft, 0, 10, seen=[item for _, item in met])[0]
    assert recommend(database, SCHEMA, "u1", k=10).items == []


def test_a_zero_user_vector_ranks_nothing_and_popular_items_stand_in(database):
    vectors = make_draft().users.vectors.copy()
    vectors[2] = 0
    draft = make_draft(users=Embeddings("User", make_draft().users.ids, vectors))
    write_graph(database, draft, [("u2", "i1")])
    publish(database, SCHEMA, draft)
    found = recommend(database, SCHEMA, "u2", k=3)
    assert not found.by_model
    assert ids(found) == ["i0", "i2", "i3"]


def test_vectors_that_are_all_zero_are_refused(database):
    ids_ = make_draft().users.ids
    draft = make_draft(users=Embeddings("User", ids_, np.zeros((len(ids_), 6), np.float32)))
    write_graph(database, draft)
    with pytest.raises(ReleaseError, match="every user vector is zero"):
        publish(database, SCHEMA, draft)
    assert traces(database) == set()


def test_a_release_records_what_it_was_made_of(database):
    draft = make_draft()
    write_graph(database, draft)
    publish(database, SCHEMA, draft)
    (release,) = list_releases(database)
    assert (release.version, release.ready, release.active) == (1, True, True)
    assert (release.num_users, release.dimensions) == (8, 6)
    assert (release.config, release.metrics) == (draft.config, draft.metrics)
    assert release.domains == (
        Domain("Item", "hopline_v1 Item", 40, SearchWidths(FIRST_WIDTH, FIRST_WIDTH), draft.popular["Item"]),
    )


def test_the_index_is_searched_as_wide_as_its_vectors_need(database):
    easy, hard = make_draft(), make_draft(num_users=10, num_items=4000, dimensions=32)
    write_graph(database, hard)
    assert publish(database, SCHEMA, easy).domain("Item").search_widths == SearchWidths(FIRST_WIDTH, FIRST_WIDTH)
    widths = publish(database, SCHEMA, hard).domain("Item").search_widths
    assert FIRST_WIDTH < widths.first <= widths.deep
    assert widths.deep % FIRST_WIDTH == 0  # doubled, where the other is narrowed
    assert [widths.of(k) for k in (1, 10, 11, 500)] == [widths.first, widths.first, widths.deep, widths.deep]
    for k in (10, 100):
        found = [
            set(ids(recommend(database, SCHEMA, user, k))) & set(best(hard, row, k)[0])
            for row, user in enumerate(hard.users.ids)
        ]
        assert sum(map(len, found)) >= 0.98 * k * len(found)


def test_a_release_that_was_looked_at_ten_items_deep_is_searched_as_wide_for_more(database):
    draft = make_draft()
    write_graph(database, draft)
    publish(database, SCHEMA, draft)
    rows(database, "MATCH (r:HoplineRelease) SET r.search_widths = [80] REMOVE r.deep_search_widths")
    assert active_release(database).domain("Item").search_widths == SearchWidths(80, 80)


def test_the_old_release_serves_until_the_flip(database):
    old, new = make_draft(), make_draft(seed=1)
    write_graph(database, old)
    publish(database, SCHEMA, old)
    stages = []

    def ask(stage, done, total):
        stages.append(stage)
        assert active_release(database).version == 1
        assert ids(recommend(database, SCHEMA, "u0", 5)) == best(old, 0, 5)[0]

    assert publish(database, SCHEMA, new, progress=ask).version == 2
    assert set(stages) == {"writing vectors", "building the index", "checking"}
    assert ids(recommend(database, SCHEMA, "u0", 5)) == best(new, 0, 5)[0]


def test_an_id_that_the_graph_lacks_stops_the_publish_and_leaves_nothing_of_it(database):
    good = make_draft()
    write_graph(database, good)
    publish(database, SCHEMA, good)
    strange = np.append(good.items[0].ids, "ghost")
    bad = make_draft(items=(Embeddings("Item", strange, np.ones((41, 6), np.float32)),))
    with pytest.raises(ReleaseError, match=r"1 of 41 Item vectors have no node .* run `hopline train` again"):
        publish(database, SCHEMA, bad)
    assert [release.version for release in list_releases(database)] == [1]
    assert traces(database) == {"hopline_v1"}
    assert ids(recommend(database, SCHEMA, "u0", 5)) == best(good, 0, 5)[0]


def test_an_index_that_does_not_rank_as_the_model_is_not_made_active(database, monkeypatch):
    draft = make_draft()
    write_graph(database, draft)
    publish(database, SCHEMA, draft)

    def wrong(users, items, scale=None):
        made = make_indexable(users, items, scale)
        made.items[0][:] = made.items[0][::-1].copy()
        return made

    monkeypatch.setattr("graph.releases.columns.make_indexable", wrong)
    with pytest.raises(ReleaseError, match=r"the index of release 2 gives \d+% of the exact top 10"):
        publish(database, SCHEMA, draft)
    assert active_release(database).version == 1
    assert traces(database) == {"hopline_v1"}


def test_an_index_that_ranks_only_the_first_as_the_model_is_not_made_active(database, monkeypatch):
    draft = make_draft(num_items=400)
    write_graph(database, draft)
    first = {item for row in range(len(draft.users.ids)) for item in best(draft, row, 10)[0]}
    others = np.flatnonzero([str(item) not in first for item in draft.items[0].ids])

    def wrong_below(users, items, scale=None):
        made = make_indexable(users, items, scale)
        made.items[0][others] = made.items[0][others[::-1]]
        return made

    monkeypatch.setattr("graph.releases.columns.make_indexable", wrong_below)
    with pytest.raises(ReleaseError, match=r"gives \d+% of the exact top 100"):
        publish(database, SCHEMA, draft)


def test_vectors_are_float32_in_the_graph_and_only_items_are_indexed(database):
    draft = make_draft()
    write_graph(database, draft)
    publish(database, SCHEMA, draft)
    (index,) = rows(database, "SHOW VECTOR INDEXES YIELD name, labelsOrTypes, properties, options")
    assert (index["labelsOrTypes"], index["properties"]) == (["Item"], ["hopline_v1"])
    assert index["options"]["indexConfig"]["vector.quantization.type"] == "NONE"
    (stored,) = rows(database, "MATCH (i:Item {id: 'i3'}) RETURN i.hopline_v1 AS vector")
    assert np.array_equal(np.asarray(stored["vector"], np.float32), make_indexable(draft.users, draft.items).items[0][3])
