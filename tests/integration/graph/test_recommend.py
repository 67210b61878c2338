import numpy as np
import polars as pl
import pytest

from graph.database import Database
from graph.embeddings import Embeddings
from graph.publish import publish
from graph.recommend import recommend
from graph.tables import NodeTable, Tables
from graph.write import write_tables
from loaders import set_aside
from tests.small_releases import SCHEMA, best, make_draft, pasted, rows, write_graph

pytestmark = pytest.mark.integration
STRANGE = [
    "o'brien",
    'say "hi"',
    "back`tick",
    "back\\slash",
    "two words",
    "Ивáн 北京",
    "$user {{item}}",
    "new\nline",
    "a\\u0041",
]


@pytest.fixture(params=["SEARCH", "queryNodes"])
def path(request, monkeypatch):
    """Ask as newer servers are asked, then as those before ``SEARCH``: both must give the same."""
    if request.param == "queryNodes":
        monkeypatch.setattr(Database, "supports_search", False)
    return request.param


def ids(found):
    return [item.id for item in found.items]


def as_rows(found):
    return [(item.id, item.title, item.score) for item in found.items]


def test_the_answer_has_titles_scores_and_a_statement_that_gives_the_same(database, path):
    draft = make_draft()
    met = [("u1", "i2"), ("u1", "i3")]
    write_graph(database, draft, met)
    publish(database, SCHEMA, draft)
    found = recommend(database, SCHEMA, "u1", 5)
    wanted, scores = best(draft, 1, 5, seen=["i2", "i3"])
    assert found.by_model
    assert ids(found) == wanted
    assert [item.title for item in found.items] == [f"title of {item}" for item in wanted]
    assert [item.score for item in found.items] == pytest.approx(scores, rel=1e-4)
    assert (path in found.statement) is True
    assert pasted(database, found) == as_rows(found)


def test_an_unknown_user_gets_popular_items_and_is_told(database, path):
    draft = make_draft(popular={"Item": ["i5", "i1", "i9"]})
    write_graph(database, draft, [("u0", "i5"), ("u1", "i5"), ("u0", "i1")])
    publish(database, SCHEMA, draft)
    found = recommend(database, SCHEMA, "nobody", 10)
    assert (found.by_model, ids(found)) == (False, ["i5", "i1", "i9"])
    assert [item.score for item in found.items] == [2, 1, 0]
    assert pasted(database, found) == as_rows(found)


def test_a_user_who_came_after_the_release_gets_popular_items_not_met_yet(database, path):
    draft = make_draft(popular={"Item": ["i5", "i1", "i9"]})
    write_graph(database, draft)
    publish(database, SCHEMA, draft)
    rows(database, "MATCH (i:Item {id: 'i5'}) CREATE (:User {id: 'late'})-[:RATED {value: 5.0}]->(i)")
    found = recommend(database, SCHEMA, "late", 10)
    assert (found.by_model, ids(found)) == (False, ["i1", "i9"])


def test_more_than_the_catalogue_is_all_of_it(database, path):
    draft = make_draft(num_items=12)
    write_graph(database, draft, [("u0", "i4")])
    publish(database, SCHEMA, draft)
    assert ids(recommend(database, SCHEMA, "u0", 1000)) == best(draft, 0, 1000, seen=["i4"])[0]
    assert ids(recommend(database, SCHEMA, "u0", 1)) == best(draft, 0, 1, seen=["i4"])[0]


def test_ids_and_titles_of_any_letters_come_through_and_can_be_pasted(database, path):
    size = len(STRANGE)
    plain = make_draft(num_users=size, num_items=size)
    draft = make_draft(
        users=Embeddings("User", np.array(STRANGE), plain.users.vectors),
        items=(Embeddings("Item", np.array(STRANGE), plain.items[0].vectors),),
        popular={"Item": STRANGE},
    )
    write_graph(database, draft, [(name, name) for name in STRANGE])
    publish(database, SCHEMA, draft)
    for row, name in enumerate(STRANGE):
        found = recommend(database, SCHEMA, name, size)
        assert ids(found) == best(draft, row, size, seen=[name])[0]
        assert pasted(database, found) == as_rows(found)


def test_numbers_for_ids_are_found_by_their_text_and_the_exact_type_comes_first(database, path):
    plain = make_draft(num_users=3, num_items=12)
    draft = make_draft(
        users=Embeddings("User", np.arange(3), plain.users.vectors),
        items=(Embeddings("Item", np.arange(12), plain.items[0].vectors),),
        popular={"Item": list(range(12))},
    )
    tables = Tables(
        schema=SCHEMA,
        nodes=tuple(NodeTable(part.label, pl.DataFrame({"id": part.ids})) for part in (draft.users, *draft.items)),
        edges=(),
        set_aside=set_aside.empty(),
    )
    write_tables(database, tables)
    publish(database, SCHEMA, draft)
    wanted = [int(item) for item in best(draft, 2, 4)[0]]
    assert ids(recommend(database, SCHEMA, 2, 4)) == ids(recommend(database, SCHEMA, "2", 4)) == wanted
    rows(database, "CREATE (:User {id: '2'})")
    assert ids(recommend(database, SCHEMA, 2, 4)) == wanted
    assert not recommend(database, SCHEMA, "2", 4).by_model
    assert not recommend(database, SCHEMA, "02", 4).by_model
    assert not recommend(database, SCHEMA, "9" * 30, 4).by_model
