"""The long-term line of Neo4j, 5.26: it starts, takes a release, and answers by the procedure, as it has no SEARCH."""

from dataclasses import replace

import numpy as np
import pytest

from graph.choice import Choice
from graph.database import Database
from graph.embeddings import Embeddings
from graph.filters import Indexed
from graph.indexes import refresh
from graph.neighbours import SimilarItems, nearest_by_cosine
from graph.progress import silent
from graph.publish import publish
from graph.recommend import recommend
from graph.releases.columns import Scales, release_columns, served_draft
from graph.releases.lease import hold_lease
from graph.republish import republish
from graph.server.lifecycle import down, status
from graph.settings import ConnectionSettings, ServerSettings
from graph.similar import similar
from graph.snapshot import read_snapshot
from graph.sync import SyncKind, sync
from tests.small_changes import check_equal
from tests.small_releases import SCHEMA, best, make_draft, rows, write_graph
from tests.small_servers import java_of_lts

pytestmark = pytest.mark.integration
VERSION = "5.26.28"
FUSED = Choice(retrieve="vectors+similar")
MET = [("u0", "i2"), ("u0", "i3"), ("u1", "i3")]


@pytest.fixture(scope="module")
def lts(tmp_path_factory):
    java = java_of_lts(ServerSettings().cache)
    settings = ServerSettings(home=tmp_path_factory.mktemp("lts"), heap_mb=512, neo4j_version=VERSION, java_home=java)
    try:
        with Database.connect(ConnectionSettings(uri=None, database="neo4j"), settings) as database:
            assert status(settings).version == VERSION
            yield database
    finally:
        down(settings)
    assert not status(settings).running


@pytest.fixture(scope="module")
def draft():
    """Items whose lengths differ little enough that none is all zeros as whole numbers."""
    rng = np.random.default_rng(0)
    vectors = (np.exp(rng.normal(0, 0.7, (60, 1))) * rng.normal(size=(60, 15))).astype(np.float32)
    return make_draft(dimensions=15, items=(Embeddings("Item", np.array([f"i{n}" for n in range(60)]), vectors),))


@pytest.fixture(scope="module", params=["float32", "int8"])
def served(request, lts, draft):
    """What is left of a draft in a code, which an exact search is made by."""
    written = replace(draft, code=request.param)
    write_graph(lts, written, MET)
    publish(lts, SCHEMA, written)
    scales = Scales.of(written)
    return served_draft(written, release_columns(written, scales), scales)


def test_recommendations_are_those_of_exact_search_by_the_procedure(lts, served):
    assert lts.version[:2] == (5, 26)
    for row, user in enumerate(served.users.ids.tolist()):
        found = recommend(lts, SCHEMA, user, 8)
        wanted, scores = best(served, row, 8, [item for who, item in MET if who == user])
        assert "db.index.vector.queryNodes" in found.statement
        assert [item.id for item in found.items] == wanted
        assert [item.score for item in found.items] == pytest.approx(scores, rel=1e-4)


def test_items_alike_are_those_of_exact_cosine(lts, served):
    vectors = served.items[0].vectors
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    for row in range(0, 60, 10):
        cosines = unit @ unit[row]
        order = [place for place in np.argsort(-cosines) if place != row][:5]
        found = similar(lts, SCHEMA, f"i{row}", 5)
        assert [item.id for item in found.items] == [f"i{place}" for place in order]
        assert [item.score for item in found.items] == pytest.approx(cosines[order], abs=1e-4)


def test_what_changed_is_written_over_the_oldest_release(lts, draft):
    write_graph(lts, draft, MET)
    for _ in range(3):
        publish(lts, SCHEMA, draft)
    (items,) = draft.items
    vectors = items.vectors.copy()
    vectors[np.argmin(np.linalg.norm(vectors, axis=1))] = vectors[np.argmax(np.linalg.norm(vectors, axis=1))] * 0.9
    changed = replace(draft, items=(replace(items, vectors=vectors),))
    release = publish(lts, SCHEMA, changed, keep=1)
    assert release.slot < release.version
    assert [item.id for item in recommend(lts, SCHEMA, "u3", 8).items] == best(changed, 3, 8)[0]


def test_its_index_is_not_quantised(lts, served):
    indexes = rows(lts, "SHOW VECTOR INDEXES YIELD options")
    assert indexes
    assert {row["options"]["indexConfig"]["vector.quantization.enabled"] for row in indexes} == {False}


def test_neighbours_are_walked_and_fused_with_vectors_and_a_release_is_built_anew(lts, draft):
    write_graph(lts, draft, MET)
    near = nearest_by_cosine(draft.items[0].vectors, 4)
    release = publish(lts, SCHEMA, replace(draft, similar=SimilarItems("cosine", (near,))))
    walked = (
        "MATCH (p:HoplineActive) MATCH (r:HoplineRelease {version: p.version}) "
        "MATCH (:Item {id: 'i7'})-[s:$(r.similar)]->(i:Item) RETURN i.id AS id ORDER BY s.weight DESC"
    )
    wanted = [f"i{place}" for place in near.places[7]]
    assert [row["id"] for row in rows(lts, walked)] == wanted
    for ask in (lambda: recommend(lts, SCHEMA, "u0", 8, choice=FUSED), lambda: similar(lts, SCHEMA, "i7", 8, choice=FUSED)):
        assert {name for item in ask().items for name in item.found_by} == {"vectors", "similar"}
    with hold_lease(lts) as lease:
        anew = republish(lts, SCHEMA, lease, Indexed(), silent)
    assert (anew.checksum, anew.slot) == (release.checksum, anew.version)
    assert [row["id"] for row in rows(lts, walked)] == wanted
    rows(lts, f"DROP INDEX `{anew.domain('Item').index}`")
    with hold_lease(lts) as lease:
        refresh(lts, SCHEMA, lease, Indexed(), silent)
    assert [item.id for item in recommend(lts, SCHEMA, "u3", 8).items] == best(draft, 3, 8)[0]


def test_what_changed_is_not_told_and_all_is_read(served, lts, tmp_path):
    for _ in range(2):
        synced = sync(lts, SCHEMA, tmp_path / "snapshot")
        assert synced.report.kind is SyncKind.FULL
        assert "this server does not tell what changed" in synced.report.why
        check_equal(synced.snapshot, read_snapshot(lts, SCHEMA))
