import pytest

from graph.erase import erase_user
from graph.errors import NotFoundError
from graph.publish import publish
from graph.recommend import recommend
from graph.releases import rollback
from tests.small_releases import SCHEMA, make_draft, rows, write_graph

pytestmark = pytest.mark.integration
MET = [("u1", "i2"), ("u1", "i3"), ("u2", "i2")]


@pytest.fixture
def published(database):
    """Two releases over eight users."""
    draft = make_draft()
    write_graph(database, draft, MET)
    for seed in (0, 1):
        publish(database, SCHEMA, make_draft(seed=seed))


def test_nothing_in_the_graph_is_theirs_any_more_and_the_others_keep_all(database, published):
    rows(database, "MATCH (u:User {id: 'u1'}), (i:Item {id: 'i9'}) SET u.age = 7 CREATE (u)-[:HOPLINE_SHOWN]->(i)")
    others = (
        "MATCH (u:User) WHERE u.id <> 'u1' RETURN u.id AS id, properties(u) AS properties, COUNT { (u)--() } AS n ORDER BY id"
    )
    before = rows(database, others)
    erased = erase_user(database, SCHEMA, "u1")
    assert (erased.user_id, erased.relationships) == ("u1", {"HOPLINE_SHOWN": 1, "RATED": 2})
    assert (erased.properties, erased.releases) == (["age", "id"], [2, 1])
    assert rows(database, "MATCH (u:User {id: 'u1'}) RETURN u") == []
    assert rows(database, others) == before


def test_both_releases_serve_on_and_the_user_is_nobody_known(database, published):
    erase_user(database, SCHEMA, "u1")
    assert not recommend(database, SCHEMA, "u1", 3).by_model
    assert recommend(database, SCHEMA, "u2", 3).by_model
    assert rollback(database, SCHEMA).version == 1
    assert recommend(database, SCHEMA, "u2", 3).by_model


def test_text_stands_for_a_number_and_an_unknown_user_is_told(database, published):
    rows(database, "CREATE (:User {id: 5}), (:User {id: '5'})")
    assert erase_user(database, SCHEMA, "5").user_id == "5"
    assert erase_user(database, SCHEMA, "5").user_id == 5
    with pytest.raises(NotFoundError, match="there is no User whose id is '5'"):
        erase_user(database, SCHEMA, "5")
