"""Communities find a division that is known, with what is typical of each part, by vectors as by who met what."""

import networkx as nx
import numpy as np
import pytest

from graph.embeddings import Embeddings
from graph.errors import NotFoundError, QuestionError, ReleaseError
from graph.explore import Explorer
from graph.publish import publish
from graph.schema import EdgeKind, EdgeRole, Feature, FeatureType, NodeKind, NodeRole, Schema
from tests.small_graphs import checkerboard
from tests.small_releases import RATED, make_draft, rows

pytestmark = pytest.mark.integration

SIZE = 24
SCHEMA = Schema(
    nodes=(
        NodeKind(label="User", role=NodeRole.USER),
        NodeKind(
            label="Item",
            role=NodeRole.ITEM,
            title="title",
            features=(
                Feature(name="genres", type=FeatureType.MULTI),
                Feature(name="colour", type=FeatureType.CATEGORICAL),
                Feature(name="year", type=FeatureType.NUMERIC),
            ),
        ),
        NodeKind(label="Maker", role=NodeRole.ENTITY, title="name"),
    ),
    edges=(RATED, EdgeKind(source="Item", type="MADE_BY", target="Maker", role=EdgeRole.KNOWLEDGE)),
)


@pytest.fixture
def explorer(database):
    """Even users met even items, odd users odd ones; item 0 was met once more; makers and genres follow parity."""
    rows(
        database,
        "UNWIND range(0, $size - 1) AS n CREATE (:User {id: 'u' + n}), (i:Item {id: 'i' + n, title: 'Item [' + n + ']', "
        "colour: 'all', year: n, genres: ['any', CASE n % 2 WHEN 0 THEN 'even' ELSE 'odd' END]}) "
        "MERGE (m:Maker {id: n % 2, name: CASE n % 2 WHEN 0 THEN 'Eve' ELSE 'Otto' END}) MERGE (i)-[:MADE_BY]->(m)",
        size=SIZE,
    )
    rows(
        database,
        "UNWIND $pairs AS pair MATCH (u:User {id: 'u' + pair[0]}), (i:Item {id: 'i' + pair[1]}) CREATE (u)-[:RATED]->(i)",
        pairs=[list(pair) for pair in [*checkerboard(SIZE, SIZE), (1, 0)]],
    )
    return Explorer(database, SCHEMA)


def check_planted(found):
    division = dict(found.item_frame().select("id", "community").rows())
    assert {one: division[one] == division["i0"] for one in division} == {f"i{n}": n % 2 == 0 for n in range(SIZE)}
    assert [one.size for one in found.communities] == [SIZE // 2, SIZE // 2]
    assert found.modularity == pytest.approx(0.5, abs=0.02)
    even, odd = found.communities
    assert (even.top_items[0].id, even.top_items[0].title, even.top_items[0].interactions) == ("i0", "Item [0]", 13)
    for one, genre, maker in ((even, "even", "Eve"), (odd, "odd", "Otto")):
        typical = {(t.name, t.value): t for t in one.typical}
        assert set(typical) == {("genres", genre), ("MADE_BY", maker)}
        assert all((t.number, t.share, t.lift) == (SIZE // 2, 1.0, 2.0) for t in typical.values())
    assert (typical["MADE_BY", "Otto"].label, typical["MADE_BY", "Otto"].id) == ("Maker", 1)


def test_who_met_what_gives_the_planted_division_when_nothing_is_published(explorer):
    found = explorer.communities(seed=3)
    assert (found.by, found.version) == ("interactions", None)
    check_planted(found)
    assert explorer.communities(seed=3).as_dict() == found.as_dict()


def test_vectors_of_the_active_release_give_it_too(explorer, database):
    rng = np.random.default_rng(0)
    vectors = np.eye(4, dtype=np.float32)[np.arange(SIZE) % 2] + 0.05 * rng.normal(size=(SIZE, 4)).astype(np.float32)
    names = np.array([f"i{n}" for n in range(SIZE)])
    publish(database, SCHEMA, make_draft(num_users=SIZE, dimensions=4, items=(Embeddings("Item", names, vectors),)))
    found = explorer.communities()
    assert (found.by, found.version) == ("vectors", 1)
    check_planted(found)
    graph = found.networkx()
    assert set(nx.get_node_attributes(graph, "community").values()) == {0, 1}
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    for one, other, weight in graph.edges(data="weight"):
        places = [int(name[1][1:]) for name in (one, other)]
        assert weight == pytest.approx(unit[places[0]] @ unit[places[1]], abs=1e-5)
    assert found.frame()["typical"][0].to_list()[0] == "made by Eve (100%, 2.0×)"
    assert explorer.communities(by="interactions").version is None


def test_only_the_most_popular_are_divided_and_only_the_largest_described(explorer, database):
    found = explorer.communities(num_items=5, limit=1)
    assert found.items[0].id == "i0"
    assert (len(found.items), len(found.communities)) == (5, 1)
    assert len(rows(database, found.statement)) == 5


def test_an_item_like_no_other_is_alone(explorer, database):
    rows(database, "CREATE (:User {id: 'hermit'})-[:RATED]->(:Item {id: 'odd one', title: 'Odd one'})")
    found = explorer.communities()
    assert found.num_alone == 1
    assert sum(one.size for one in found.communities) == SIZE


def test_nothing_to_divide_is_an_empty_answer(database):
    found = Explorer(database, SCHEMA).communities()
    assert (found.items, found.communities, found.frame().height, found.item_frame().height) == ((), (), 0, 0)


def test_mistakes_are_told(explorer):
    with pytest.raises(ReleaseError, match="nothing is published yet"):
        explorer.communities(by="vectors")
    with pytest.raises(QuestionError, match="got by 'magic'; expected one of vectors, interactions"):
        explorer.communities(by="magic")
    with pytest.raises(QuestionError, match="got num_items 1; expected 2 to 50000"):
        explorer.communities(num_items=1)
    with pytest.raises(NotFoundError, match="'Film' is no label of items"):
        explorer.communities("Film")
