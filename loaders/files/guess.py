"""Tables without a mapping → the mapping they most likely have, and what it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from graph.inspect.roles import names_behaviour
from loaders.errors import InputError
from loaders.files.column_roles import (
    ColumnRoles,
    TableSample,
    find_roles,
    item_label,
    key_of,
    names_kind,
    title_of,
)
from loaders.files.knowledge import relation_types
from loaders.files.mapped import default_type
from loaders.files.mapping import MappedEdges, MappedNodes, TableMapping
from loaders.files.properties import PropertyKind
from loaders.files.rows import LIST_MARK, Source

_USER = "User"
_JUDGED = ("rating", "stars", "score", "grade", "overall")


@dataclass(frozen=True)
class Guess:
    """A mapping, and a sentence a table that says what was taken for what."""

    mapping: TableMapping
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Table:
    name: str
    sample: TableSample
    roles: ColumnRoles

    @property
    def is_interactions(self) -> bool:
        return self.roles.user is not None and self.roles.item is not None


def guess_mapping(tables: Mapping[str, Source], where: Path) -> Guess:
    """Tell by the columns' names, and a sample of rows, which tables hold interactions, users and items.

    Raises:
        InputError: no table holds interactions, that is, has a column of users and one of items.
    """
    samples = {name: TableSample.take(source) for name, source in tables.items()}
    found = [_Table(name, sample, find_roles(sample)) for name, sample in samples.items()]
    interactions = [table for table in found if table.is_interactions]
    if not interactions:
        seen = "; ".join(f"{table.name}: {', '.join(table.sample.columns)}" for table in found)
        raise InputError(
            f"{where}: no table has a column of users and one of items that their names tell, such as user_id and item_id "
            f"({seen}); rename two columns, or say in a mapping which is which (`hopline import --help` has an example)"
        )
    edges: list[MappedEdges] = []
    nodes: dict[str, MappedNodes] = {}
    notes: list[str] = []
    several = len(interactions) > 1
    labels = {item_label(str(table.roles.item)) for table in interactions}
    for table in (one for one in found if not one.is_interactions):
        described = _described(table, labels)
        if described is None or described.label in nodes:
            notes.append(f"{table.name}: not taken, as it is not clear what it holds ({', '.join(table.sample.columns)})")
            continue
        nodes[described.label] = described
        notes.append(_told_nodes(described))
    told_edges: list[str] = []
    for table in interactions:
        edge, within = _interactions(table, several, set(nodes))
        edges.append(edge)
        nodes |= {part.label: part for part in within}
        told_edges.append(_told_edges(edge))
        told_edges += [_told_nodes(part) for part in within]
    return Guess(TableMapping(nodes=tuple(nodes.values()), edges=tuple(edges)), (*told_edges, *notes))


def _interactions(table: _Table, several: bool, described: set[str]) -> tuple[MappedEdges, list[MappedNodes]]:
    roles, sample = table.roles, table.sample
    user, item, label = str(roles.user), str(roles.item), item_label(str(roles.item))
    within = []
    taken: set[str] = set()
    for kind, key, of in (("item", item, label), ("user", user, _USER)):
        own = [name for name in roles.others if name not in taken and sample.belongs(name, kind, key)]
        if own and of not in described:
            within.append(_node_part(table, of, key, own))
            taken |= set(own)
    type_ = None
    if roles.behaviour is None:
        stem = _stem(table.name)
        if roles.value is not None and any(word in roles.value.lower() for word in _JUDGED):
            type_ = default_type(roles.value)
        else:
            type_ = relation_types([stem])[stem] if several or names_behaviour(stem) else default_type(None)
    edge = MappedEdges(
        file=table.name,
        source=_USER,
        source_column=user,
        target=label,
        target_column=item,
        type=type_,
        type_column=roles.behaviour,
        value=roles.value,
        time=roles.time,
        properties={name: PropertyKind.UNKNOWN for name in roles.others if name not in taken},
    )
    return edge, within


def _described(table: _Table, labels: set[str]) -> MappedNodes | None:
    """Return the nodes that a table without interactions describes, if it is of users or of items that somebody met."""
    roles, columns = table.roles, table.sample.columns
    if roles.user is not None:
        return _node_part(table, _USER, roles.user, [name for name in columns if name != roles.user])
    kind = names_kind(_stem(table.name))
    key = roles.item or (key_of(columns) if kind is not None else None)
    if key is None:
        return None
    label = _USER if kind == "user" and roles.item is None else item_label(f"{key} {_stem(table.name)}")
    if label not in labels | {_USER} and len(labels) == 1:
        (label,) = labels  # item_id here and movie_id there: there is one kind of items
    if label not in labels | {_USER}:
        return None
    return _node_part(table, label, key, [name for name in columns if name != key])


def _node_part(table: _Table, label: str, key: str, columns: list[str]) -> MappedNodes:
    marks = {name: table.sample.separator(name) for name in columns}
    separators = [mark for mark in marks.values() if mark not in {None, LIST_MARK}]
    separator = str(separators[0]) if separators else " "
    kinds = {name: PropertyKind.MULTI if marks[name] in {separator, LIST_MARK} else PropertyKind.UNKNOWN for name in columns}
    return MappedNodes(
        file=table.name, label=label, key=key, title=title_of(columns), properties=kinds, separator=separator, partial=True
    )


def _told_edges(edge: MappedEdges) -> str:
    parts = [f"{edge.source_column} for the user", f"{edge.target_column} for the item ({edge.target})"]
    parts += [
        f"{column} for the {what}"
        for what, column in (("behaviour", edge.type_column), ("value", edge.value), ("time", edge.time))
        if column is not None
    ]
    kept = f"; {', '.join(edge.properties)} kept beside" if edge.properties else ""
    named = "interactions" if edge.type is None else f"{edge.type} interactions"
    return f"{edge.file}: {named}, {', '.join(parts)}{kept}"


def _told_nodes(part: MappedNodes) -> str:
    told = ", ".join(part.properties or ()) or "nothing more"
    shown = "" if part.title is None else f"; {part.title} for the title"
    return f"{part.file}: {part.label} nodes by {part.key}, with {told}{shown}"


def _stem(name: str) -> str:
    return Path(name).name.partition(".")[0]
