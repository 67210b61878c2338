"""A neighbourhood is networkx's; limits hold at every hop; whoever asks for what is not there is told what is."""

import networkx as nx
import pytest

from graph.errors import NotFoundError, QuestionError
from graph.explore import Explorer
from graph.schema import EdgeKind, EdgeRole, NodeKind, NodeRole, Schema
from tests.small_releases import rows

pytestmark = pytest.mark.integration


def around(whole, centre, depth):
    """Nodes by distance, and the relationships with an end nearer than the depth."""
    hops = nx.single_source_shortest_path_length(whole.to_undirected(as_view=True), centre, cutoff=depth)
    edges = [edge for edge in whole.edges(keys=True) if min(hops.get(end, depth) for end in edge[:2]) < depth]
    return hops, edges


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_unlimited_it_is_networkx_ego_graph(explorer, whole, depth):
    for centre in [("User", "u3"), ("Item", "i7"), ("Entity", "e0")]:
        found = explorer.neighbourhood(*centre, depth=depth, limit=1000)
        hops, edges = around(whole, centre, depth)
        assert found.hops == hops
        graph = found.networkx()
        assert set(graph.nodes) == set(hops)
        assert sorted(graph.edges(keys=True)) == sorted(edges)
        assert found.centre.name == centre
        assert found.degree == whole.degree(centre)


def test_a_hop_follows_at_most_the_limit_of_each_role_the_first_by_type_and_key(explorer, whole):
    found = explorer.neighbourhood("Item", "i7", limit=3)
    users = sorted(source for source, _, (type_, _) in whole.in_edges(("Item", "i7"), keys=True) if type_ == "RATED")
    assert sorted(one.source.name for one in found.relationships if one.type == "RATED") == users[:3]
    facts = whole.degree(("Item", "i7")) - len(users)
    assert sum(one.type != "RATED" for one in found.relationships) == min(3, facts)
    assert found.degree > len(found.relationships)
    again = explorer.neighbourhood("Item", "i7", limit=3)
    assert again.as_dict() == found.as_dict()
    assert len(explorer.neighbourhood("Item", "i7", depth=2, limit=2).relationships) <= 4 + 4 * 4


def test_named_types_are_the_only_ones_followed_each_with_a_limit_of_its_own(explorer, whole):
    found = explorer.neighbourhood("Item", "i7", depth=2, limit=1000, types=["SHOT_IN", "ABOUT"])
    assert {one.type for one in found.relationships} == {"SHOT_IN", "ABOUT"}
    keep = [edge for edge in whole.edges(keys=True) if edge[2][0] in {"SHOT_IN", "ABOUT"}]
    part = nx.MultiDiGraph()
    part.add_node(("Item", "i7"))
    part.add_edges_from(keep)
    assert found.hops == around(part, ("Item", "i7"), 2)[0]


def test_the_statement_to_paste_gives_the_same(explorer, database):
    found = explorer.neighbourhood("User", "u1", depth=2, limit=4)
    (row,) = rows(database, found.statement)
    assert len(row["relationships"]) == len(found.relationships)
    assert row["degree"] == found.degree


def test_frames_and_json_tell_ids_and_titles(explorer):
    found = explorer.neighbourhood("Item", "i7", limit=1000)
    frame = found.frame()
    assert frame.columns == [
        *("source_label", "source_id", "source_title", "type"),
        *("target_label", "target_id", "target_title"),
    ]
    assert frame.height == len(found.relationships)
    assert found.node_frame().height == len(found.nodes)
    told = found.as_dict()
    assert told["centre"] == ["Item", "i7"]
    assert {node["hop"] for node in told["nodes"]} == {0, 1}


def test_nodes_of_several_labels_awkward_names_and_missing_keys_are_each_there_once(database):
    person, thing = "Per`son", 'a "thing" of: 名'
    schema = Schema(
        nodes=(
            NodeKind(label=person, key="the `id`", role=NodeRole.USER),
            NodeKind(label=thing, key="k'ey", role=NodeRole.ITEM, title="ti tle"),
            NodeKind(label="Tag", role=NodeRole.ENTITY),
        ),
        edges=(
            EdgeKind(source=person, type="LI`KES it", target=thing, role=EdgeRole.INTERACTION),
            EdgeKind(source=thing, type="has", target="Tag", role=EdgeRole.KNOWLEDGE),
        ),
    )
    rows(
        database,
        "CREATE (p:`Per``son`:Admin {`the ``id```: 1, born: date('2001-02-03'), at: point({x: 1, y: 2}), hopline_v1: [1.0]}) "
        "CREATE (p)-[:`LI``KES it` {since: datetime('2020-01-01T00:00:00Z')}]->"
        "(t:`a \"thing\" of: 名`:Tag {`k'ey`: 'x', `ti tle`: 'X [bold]'}) "
        "CREATE (t)-[:has]->(:Tag), (t)-[:has]->(:Tag {id: 7}), (t)-[:has]->(:Tag {id: 7}), (t)-[:has]->(:Other {id: 1}), "
        "(t)-[:has]->(t), (t)-[:has]->(:Tag {id: 'x'}), (p)-[:secret]->(:Tag {id: 9})",
    )
    found = Explorer(database, schema).neighbourhood(thing, "x", depth=3)
    assert len(found.nodes) == 6
    assert len({node.name for node in found.nodes}) == 6
    assert [node.name for node in found.nodes][:2] == [(person, 1), (thing, "x")]
    assert sorted(str(node.id).partition(":")[0] for node in found.nodes[2:]) == ["7", "element", "element", "x"]
    one = found.nodes[0]
    assert one.labels == ("Admin", person)
    assert str(one.properties["born"]) == "2001-02-03"
    assert set(one.properties) == {"the `id`", "born", "at"}
    assert str(found.nodes[1]) == f"{thing} x (X [bold])"
    assert len(found.relationships) == 6
    assert found.frame().height == found.networkx().number_of_edges() == len(found.subgraph().relationships) == 6


def test_what_is_not_there_is_said_with_what_is(explorer):
    with pytest.raises(NotFoundError, match="there is no label 'Film'; the graph has 'User', 'Item', 'Entity'"):
        explorer.neighbourhood("Film", "i1")
    with pytest.raises(NotFoundError, match=r"no Item whose id is 'title 1'; near it are 'i\d+' \(Title 1\), "):
        explorer.neighbourhood("Item", "title 1")
    with pytest.raises(NotFoundError, match="no User whose id is 'zzz'; check the id"):
        explorer.neighbourhood("User", "zzz")
    with pytest.raises(NotFoundError, match="no relationship type 'SAW'; the graph has 'RATED', "):
        explorer.neighbourhood("User", "u1", types=["SAW"])
    with pytest.raises(QuestionError, match="got depth 4; expected 1 to 3"):
        explorer.neighbourhood("User", "u1", depth=4)
    with pytest.raises(QuestionError, match="got limit 0; expected 1 to 1000"):
        explorer.neighbourhood("User", "u1", limit=0)


def test_a_node_on_its_own_is_its_whole_neighbourhood(explorer, database):
    rows(database, "CREATE (:Item {id: 'lonely'})")
    found = explorer.neighbourhood("Item", "lonely", depth=3)
    assert ([node.name for node in found.nodes], found.relationships, found.degree) == ([("Item", "lonely")], (), 0)
    assert found.frame().height == 0
