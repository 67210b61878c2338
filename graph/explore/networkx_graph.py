"""What was found as a networkx graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx

if TYPE_CHECKING:
    from graph.explore.found import Found


def as_networkx(found: Found) -> nx.MultiDiGraph:
    """Return nodes by (label, id) and relationships as keyed edges.

    Attributes of a node: ``label``, ``labels``, ``title``, ``properties``; of an edge: ``type``, ``properties``. Properties
    stay a dictionary of their own, as any name may be one. Relationships of one type between the same two nodes are numbered:
    their keys are (type, 0), (type, 1), ….
    """
    graph = nx.MultiDiGraph()
    for node in found.nodes:
        graph.add_node(node.name, label=node.label, labels=node.labels, title=node.title, properties=node.properties)
    for one in found.relationships:
        number = 0
        while graph.has_edge(one.source.name, one.target.name, key=(one.type, number)):
            number += 1
        graph.add_edge(one.source.name, one.target.name, key=(one.type, number), type=one.type, properties=one.properties)
    return graph
