import numpy as np
import pytest

from graph.database import Database
from graph.embeddings import Embeddings
from graph.errors import NotFoundError, ReleaseError
from graph.publish import publish
from graph.similar import similar
from tests.small_releases import SCHEMA, make_draft, pasted, rows, write_graph

pytestmark = pytest.mark.integration


@pytest.fixture(params=["SEARCH", "queryNodes"])
def path(request, monkeypatch):
    if request.param == "queryNodes":
        monkeypatch.setattr(Database, "supports_search", False)
    return request.param


def nearest(draft, place, k):
    unit = draft.items[0].vectors / np.linalg.norm(draft.items[0].vectors, axis=1, keepdims=True)
    cosine = unit @ unit[place]
    cosine[place] = -np.inf
    order = np.argsort(-cosine)[:k]
    return [f"i{n}" for n in order], cosine[order]


def test_the_order_is_the_exact_cosines_whatever_the_lengths(database, path):
    draft = make_draft(num_items=60)
    write_graph(database, draft)
    publish(database, SCHEMA, draft)
    for place in range(0, 60, 7):
        found = similar(database, SCHEMA, f"i{place}", 8)
        wanted, cosines = nearest(draft, place, 8)
        assert [item.id for item in found.items] == wanted
        assert [item.score for item in found.items] == pytest.approx(cosines, abs=1e-5)
    assert path in found.statement
    answers = [(item.id, item.title, item.score) for item in found.items]
    assert pasted(database, found) == answers
    assert len(similar(database, SCHEMA, "i0", 1000).items) == 59


def test_an_item_with_a_zero_vector_is_like_nothing_and_disturbs_nobody(database, path):
    vectors = make_draft().items[0].vectors.copy()
    vectors[4] = 0
    draft = make_draft(items=(Embeddings("Item", make_draft().items[0].ids, vectors),))
    write_graph(database, draft)
    publish(database, SCHEMA, draft)
    found = [item.id for item in similar(database, SCHEMA, "i0", 40).items]
    assert len(found) == 38
    assert "i4" not in found
    assert similar(database, SCHEMA, "i4", 5).items == []


def test_an_unknown_item_and_one_newer_than_the_release_are_told_apart(database):
    draft = make_draft()
    write_graph(database, draft)
    with pytest.raises(ReleaseError, match="nothing is published yet"):
        similar(database, SCHEMA, "i0")
    publish(database, SCHEMA, draft)
    rows(database, "CREATE (:Item {id: 'new'})")
    with pytest.raises(NotFoundError, match="there is no Item whose id is 'nothing'"):
        similar(database, SCHEMA, "nothing")
    with pytest.raises(NotFoundError, match="release 1 has no vector of Item 'new', which is newer than it"):
        similar(database, SCHEMA, "new")
