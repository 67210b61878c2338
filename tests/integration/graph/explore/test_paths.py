"""Paths are networkx's shortest ones, in an order that can be told; none is an answer, not an error."""

import itertools
import math

import networkx as nx
import pytest

from graph.errors import NotFoundError, QuestionError
from tests.small_releases import rows

pytestmark = pytest.mark.integration


def all_paths(whole, source, target, length):
    """All simple paths as their relationships, the best first, by brute force."""
    graph = whole.to_undirected()
    found = []
    for nodes in map(list, nx.all_simple_paths(nx.Graph(graph), source, target, cutoff=length)):
        choices = [list(edges(whole, *pair)) for pair in itertools.pairwise(nodes)]
        met = [whole.degree(node) - whole.number_of_edges(node, node) for node in nodes[1:-1]]  # a loop is one relationship
        weight = round(math.prod(1 / math.log10(10 + degree) for degree in met), 9)
        found += [(len(nodes) - 1, -weight, [one for _, one in nodes], list(types)) for types in itertools.product(*choices)]
    return sorted(found)


def edges(whole, one, other):
    for source, target in ((one, other), (other, one)):
        if whole.has_edge(source, target):
            yield from (type_ for type_, _ in whole[source][target])


def told(found):
    return [
        (
            len(path.relationships),
            pytest.approx(-path.weight),
            [node.id for node in path.nodes],
            [one.type for one in path.relationships],
        )
        for path in found.paths
    ]


@pytest.mark.parametrize(
    ("source", "target"),
    [(("User", "u3"), ("Entity", "e2")), (("Item", "i1"), ("Item", "i2")), (("User", "u1"), ("Item", "i5"))],
)
def test_they_are_the_best_of_all_simple_paths(explorer, whole, source, target):
    for length in (1, 2, 3):
        wanted = all_paths(whole, source, target, length)
        found = explorer.paths(source, target, length=length, k=100)
        assert told(found) == wanted[:100]
    shortest = nx.shortest_path_length(whole.to_undirected(), source, target)
    assert len(explorer.paths(source, target, length=6, k=1).paths[0].relationships) == shortest


def test_the_statement_to_paste_and_the_parts_of_the_graph_are_those_of_the_paths(explorer, database):
    found = explorer.paths(("User", "u3"), ("Entity", "e2"), length=3, k=7)
    assert [row["length"] for row in rows(database, found.statement)] == [len(path.relationships) for path in found.paths]
    assert {node.name for node in found.nodes} == {node.name for path in found.paths for node in path.nodes}
    assert found.networkx().number_of_edges() == len(found.relationships)
    assert found.frame()["path"][0] == str(found.paths[0])
    assert str(found.paths[0]).startswith("User u3 -[RATED]-> Item ")
    assert " -[" in str(found.paths[0])
    assert found.as_dict()["paths"][0]["nodes"][-1] == ["Entity", "e2"]


def test_only_named_types_are_followed(explorer):
    found = explorer.paths(("Item", "i1"), ("Item", "i2"), length=4, k=50, types=["RATED"])
    assert {one.type for one in found.relationships} == {"RATED"}


def test_no_path_is_an_empty_answer(explorer, database):
    rows(database, "CREATE (:Item {id: 'lonely'})")
    for length in (2, 4, 6):
        found = explorer.paths(("User", "u3"), ("Item", "lonely"), length=length)
        assert (found.paths, found.nodes, found.frame().height) == ((), (), 0)


def test_mistakes_are_told(explorer):
    with pytest.raises(QuestionError, match="got length 7; expected 1 to 6"):
        explorer.paths(("User", "u3"), ("Item", "i1"), length=7)
    with pytest.raises(QuestionError, match="both ends are User 'u3'; expected two nodes"):
        explorer.paths(("User", "u3"), ("User", "u3"))
    with pytest.raises(NotFoundError, match="there is no Item whose id is 'nothing'"):
        explorer.paths(("User", "u3"), ("Item", "nothing"))
