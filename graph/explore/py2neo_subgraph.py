"""What was found as a py2neo Subgraph; the only module that knows py2neo."""

from __future__ import annotations

from typing import TYPE_CHECKING

import py2neo

if TYPE_CHECKING:
    from graph.explore.found import Found, FoundNode


def as_subgraph(found: Found) -> py2neo.Subgraph:
    """Return nodes and relationships with all their labels and properties, bound to no server.

    It is made from what was read already: py2neo opens no connection and sees no password. A node knows the label and key
    that tell it apart, so that ``py2neo.Graph.merge(subgraph)`` puts it into another graph once.
    """
    nodes = {node.name: _node(node) for node in found.nodes}
    relationships = [
        py2neo.Relationship.type(one.type)(nodes[one.source.name], nodes[one.target.name], **one.properties)
        for one in found.relationships
    ]
    return py2neo.Subgraph(nodes.values(), relationships)


def _node(node: FoundNode) -> py2neo.Node:
    made = py2neo.Node(*node.labels, **node.properties)
    made.__primarylabel__ = node.label
    made.__primarykey__ = node.key
    return made
