"""A mapping and the tables it names → the plan of the data set."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from graph.errors import SchemaError
from graph.schema import EdgeKind, NodeKind, Schema
from loaders.errors import InputError
from loaders.files.mapping import MappedEdges, MappedNodes, MappedTable, TableMapping, did_you_mean
from loaders.files.plan import KEY, EdgeFile, NodeFile, Plan, Properties
from loaders.files.properties import PropertyKind
from loaders.files.rows import Source

OpenTable = Callable[[MappedTable], Source]


def plan_mapped(mapping: TableMapping, open_table: OpenTable, where: str, notes: Sequence[str] = ()) -> Plan:
    """Say which table holds what; ``where`` is the mapping's name in messages.

    Raises:
        InputError: a table or column that is not there, two tables of one label, or roles that contradict each other.
    """
    roles = mapping.roles()
    tables = [part for part in mapping.nodes if part.key is not None]
    labels = [part.label for part in tables]
    if len(set(labels)) != len(labels):
        twice = sorted({label for label in labels if labels.count(label) > 1})
        raise InputError(f"{where}: [[nodes]] has several tables of {', '.join(twice)}; join them to one")
    nodes = [_nodes(part, mapping, open_table(part), where) for part in tables]
    edges = [_edges(part, mapping, open_table(part), where) for part in mapping.edges]
    try:
        Schema(
            nodes=tuple(NodeKind(label=label, role=role) for label, role in roles.items()),
            edges=tuple(
                EdgeKind(source=source, type="ANY", target=target, role=role)
                for source, target, role in dict.fromkeys((*edge.labels, edge.role) for edge in edges)
            ),
        )
    except SchemaError as error:
        raise InputError(f"{where}: {error}") from error
    return Plan(roles, nodes, edges, notes=notes)


def _nodes(part: MappedNodes, mapping: TableMapping, source: Source, where: str) -> NodeFile:
    key = str(part.key)
    taken = list(dict.fromkeys([key, part.title or key]))
    _require(source, taken, where)
    repeats = any(edges.file == part.file for edges in mapping.edges)
    others = [] if repeats else [name for name in source.columns if name not in taken]
    properties = dict(_properties(part, source, others, where))
    if part.title is not None and not part.title == key == KEY:  # which is a property anyway
        properties.setdefault(part.title, PropertyKind.KEPT)
    return NodeFile(source, part.label, key, properties, part.title, part.separator, part.partial or repeats, repeats=repeats)


def _edges(part: MappedEdges, mapping: TableMapping, source: Source, where: str) -> EdgeFile:
    ends = part.source_column, part.target_column
    named = [name for name in (*ends, part.type_column, part.value, part.time) if name is not None]
    _require(source, named, where)
    of_nodes = [name for nodes in mapping.nodes if nodes.file == part.file for name in (nodes.title, *(nodes.properties or ()))]
    others = [name for name in source.columns if name not in {*named, *of_nodes}]
    return EdgeFile(
        source,
        (part.source, part.target),
        ends,
        part.role,
        part.type or default_type(part.value),
        part.type_column,
        part.value,
        part.time,
        _properties(part, source, others, where),
        part.either_way,
    )


def default_type(value: str | None) -> str:
    """Return the type of interactions that nothing names: rated where they have a value."""
    return "INTERACTED" if value is None else "RATED"


def _properties(part: MappedTable, source: Source, others: Sequence[str], where: str) -> Properties:
    if part.properties is None:
        return dict.fromkeys(others, PropertyKind.UNKNOWN)
    _require(source, list(part.properties), where)
    return part.properties


def _require(source: Source, columns: Sequence[str], where: str) -> None:
    for name in columns:
        if name not in source.columns:
            raise InputError(f"{where}: {source.path} has no column {name!r}; it has {did_you_mean(name, source.columns)}")
    if len(set(columns)) != len(columns):
        raise InputError(f"{where}: one column of {source.path} is named for two things: {list(columns)}")
