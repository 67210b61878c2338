"""A release that differs little from an old one is written over it; nobody who asks can tell."""

import numpy as np
import pytest

from graph import node_vectors
from graph.embeddings import Embeddings, ReleaseDraft
from graph.event_sum import EventSum
from graph.met_vectors import MetVectors, to_bytes
from graph.publish import publish
from graph.recommend import recommend
from graph.releases import activate, active_release, collect_releases, list_releases, rollback
from graph.schema import Schema
from tests.small_releases import SCHEMA, best, make_draft, rows, traces, write_graph

pytestmark = pytest.mark.integration


def changed(draft, rows_, seed=9):
    """The draft with the vectors of some items and of the first user drawn anew, none longer than the longest."""
    rng = np.random.default_rng(seed)
    (items,), users = draft.items, draft.users
    item_vectors, user_vectors = items.vectors.copy(), users.vectors.copy()
    item_vectors[rows_] = rng.normal(size=(len(rows_), item_vectors.shape[1])) / 10
    user_vectors[0] = rng.normal(size=user_vectors.shape[1])
    return with_parts(draft, Embeddings("User", users.ids, user_vectors), Embeddings("Item", items.ids, item_vectors))


def with_parts(draft, users, items):
    return ReleaseDraft(users, (items,), draft.config, draft.metrics, draft.popular)


@pytest.fixture
def written(monkeypatch):
    """The ids that vectors were written of, as they are written."""
    ids = []
    vectors = node_vectors.write_column

    def write(database, schema, column, name, **more):
        ids.extend(column.ids.tolist())
        vectors(database, schema, column, name, **more)

    monkeypatch.setattr("graph.releases.fill.write_column", write)
    return ids


def answers(database, draft):
    return {user: [item.id for item in recommend(database, SCHEMA, user, 5).items] for user in draft.users.ids.tolist()}


def exact(draft):
    return {user: best(draft, row, 5)[0] for row, user in enumerate(draft.users.ids.tolist())}


@pytest.fixture
def three(database):
    """Three releases, each a few vectors from the one before; the last is active."""
    drafts = [make_draft()]
    write_graph(database, drafts[0])
    drafts += [changed(drafts[0], [1, 2], seed=1)]
    drafts += [changed(drafts[1], [2, 3], seed=2)]
    for draft in drafts:
        publish(database, SCHEMA, draft)
    return drafts


def test_only_what_differs_from_the_oldest_release_is_written_over_it(database, three, written):
    new = changed(three[2], [4], seed=3)
    release = publish(database, SCHEMA, new)
    assert (release.version, release.slot) == (4, 1)
    assert sorted(written) == ["i1", "i2", "i3", "i4", "u0"]
    assert [one.version for one in list_releases(database)] == [4, 3, 2]
    assert traces(database) == {"hopline_v1", "hopline_v2", "hopline_v3"}
    assert answers(database, new) == exact(new)
    for version, draft in ((3, three[2]), (2, three[1])):
        assert rollback(database, SCHEMA).version == version
        assert answers(database, draft) == exact(draft)


def test_where_only_what_users_ask_with_differs_no_vector_and_so_no_index_is_written(database, written):
    drafts = [make_draft(met=met_vectors(seed), known=np.full(8, 3 - seed)) for seed in range(4)]
    write_graph(database, drafts[0])
    for draft in drafts:
        release = publish(database, SCHEMA, draft)
    assert (release.version, release.slot) == (4, 1)
    assert written.count("i1") == written.count("u1") == 3  # and not a fourth time
    (found,) = rows(database, "MATCH (i:Item {id: 'i7'}) RETURN i.hopline_v1_met AS met")
    assert found["met"] == to_bytes(drafts[3].met.asking[0])[7].tobytes()
    assert rows(database, "MATCH (u:User {id: 'u3'}) RETURN u.hopline_v1_known AS known") == [{"known": 0.0}]
    assert release.met.base.tolist() == pytest.approx(drafts[3].met.sum.base.tolist())
    assert answers(database, drafts[3]) == exact(drafts[3])
    assert rollback(database, SCHEMA).version == 3
    assert activate(database, SCHEMA, 4).version == 4  # its checksums are those of what is there


def met_vectors(seed):
    rng = np.random.default_rng(seed)
    base, slope, *asking = rng.normal(size=(42, 6)).astype(np.float32)
    return MetVectors((np.array(asking),), EventSum(base, slope, 0.75, 50.0))


def test_what_is_in_the_graph_is_what_a_whole_publish_writes(database, three):
    new = changed(three[2], [4], seed=3)
    assert publish(database, SCHEMA, new).slot == 1
    assert publish(database, SCHEMA, new, keep=9).slot == 5
    (found,) = rows(
        database,
        "MATCH (n) WHERE n.hopline_v5 IS NOT NULL "
        "RETURN count(n) AS number, count(CASE WHEN n.hopline_v1 = n.hopline_v5 THEN 1 END) AS same, "
        "count(CASE WHEN n.hopline_v1_norm = n.hopline_v5_norm THEN 1 END) AS norms",
    )
    assert found == {"number": 48, "same": 48, "norms": 8}
    assert len({release.checksum for release in list_releases(database)[:2]}) == 1


def test_the_release_that_serves_and_the_one_before_it_are_never_written_over(database, three, written):
    publish(database, SCHEMA, changed(three[2], [4]), keep=1)
    assert list_releases(database)[0].slot == 1
    rollback(database, SCHEMA)
    rollback(database, SCHEMA)
    assert active_release(database).version == 2
    new = changed(three[2], [5])
    assert publish(database, SCHEMA, new, keep=2).slot == 3
    assert active_release(database).before == 2
    assert rollback(database, SCHEMA).version == 2
    assert answers(database, three[1]) == exact(three[1])


@pytest.mark.parametrize(
    "why", ["most of it changed", "another dimension", "a longer item", "all much shorter", "as many are kept"]
)
def test_what_cannot_be_written_over_is_written_beside(database, three, written, why):
    draft, keep = three[2], 3
    if why == "most of it changed":
        new = make_draft(seed=5)
        new.items[0].vectors[:] /= 1.01 * np.linalg.norm(new.items[0].vectors, axis=1).max()
        new.items[0].vectors[:] *= np.linalg.norm(draft.items[0].vectors, axis=1).max()
    elif why == "another dimension":
        new = make_draft(dimensions=7)
    elif why == "a longer item":
        new = changed(draft, [4])
        new.items[0].vectors[7] *= 1e3
    elif why == "all much shorter":
        new = changed(draft, [4])
        new.items[0].vectors[:] /= 3
    else:
        new, keep = changed(draft, [4]), 4
    assert publish(database, SCHEMA, new, keep=keep).slot == 4
    assert len(written) == 48
    assert answers(database, new) == exact(new)


def test_nodes_that_came_went_or_were_made_anew_are_told_from_those_that_stayed(database, three, written):
    rows(
        database, "CREATE (:Item {id: 'new'}) WITH 1 AS one MATCH (i:Item {id: 'i9'}) DETACH DELETE i CREATE (:Item {id: 'i9'})"
    )
    (items,) = three[2].items
    kept = items.ids != "i20"
    ids = np.append(items.ids[kept], "new")
    vectors = np.vstack([items.vectors[kept], np.full((1, 6), 0.3, np.float32)])
    order = np.random.default_rng(0).permutation(len(ids))
    new = with_parts(three[2], three[2].users, Embeddings("Item", ids[order], vectors[order]))
    assert publish(database, SCHEMA, new).slot == 1
    assert sorted(written) == ["i1", "i2", "i3", "i9", "new", "u0"]
    assert answers(database, new) == exact(new)
    assert rows(database, "MATCH (i:Item {id: 'i20'}) RETURN keys(i) AS keys")[0]["keys"].count("hopline_v1") == 0


def test_a_graph_whose_ids_are_numbers_is_known_again_under_text(database, written):
    numbers, names = np.arange(40), np.arange(40).astype(str)
    draft = make_draft()
    write_graph(database, draft)
    rows(database, "MATCH (i:Item) SET i.id = toInteger(substring(i.id, 1))")

    def of(ids):
        return with_parts(draft, draft.users, Embeddings("Item", ids, draft.items[0].vectors))

    for ids in (numbers, names, numbers):
        publish(database, SCHEMA, of(ids))
    written.clear()
    assert publish(database, SCHEMA, of(names)).slot == 1
    assert written == []


def test_collecting_leaves_a_release_to_be_written_over(database, three, written):
    for seed in range(3):
        new = changed(three[2], [4], seed=seed)
        assert publish(database, SCHEMA, new, keep=3).slot == 1 + seed
        collect_releases(database, SCHEMA, keep=3)
    assert traces(database) == {"hopline_v1", "hopline_v2", "hopline_v3"}
    assert max(map(len, (written,))) < 48


def test_a_draft_of_another_schema_is_refused_before_anything_is_written(database, three):
    film = SCHEMA.nodes[1].model_copy(update={"label": "Film"})
    rated = SCHEMA.edges[0].model_copy(update={"target": "Film"})
    with pytest.raises(Exception, match=r"got vectors of users 'User' and items \['Item'\]; .* items \['Film'\]"):
        publish(database, Schema(nodes=(SCHEMA.nodes[0], film), edges=(rated,)), three[0])
    assert [release.version for release in list_releases(database)] == [3, 2, 1]
