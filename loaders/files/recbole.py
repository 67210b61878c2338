"""RecBole's atomic files: ``.inter``, and where they are there ``.item``, ``.user``, ``.kg`` and ``.link``.

Source: the format's page in RecBole's documentation, "Atomic files": tab-separated, a header of ``name:type`` fields with
the types token, token_seq, float and float_seq.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from graph.schema import EdgeKind, EdgeRole, Feature, NodeKind, NodeRole, Schema
from graph.tables import SOURCE, TARGET, EdgeTable, NodeTable, Tables
from loaders.errors import InputError
from loaders.files.knowledge import knowledge_tables
from loaders.files.lines import Rows, name_columns, read_rows
from loaders.files.properties import TITLES, typed_property

USER, ITEM, ENTITY, KEY = "User", "Item", "Entity", "id"
_TYPES = ("token", "token_seq", "float", "float_seq")


@dataclass
class _File:
    """One atomic file: its rows, and the type of each of its columns by name."""

    rows: Rows
    types: dict[str, str]


class RecBole:
    """Reads a folder of RecBole's atomic files."""

    name = "recbole"
    description = "RecBole atomic files: NAME.inter, and optionally .item .user .kg .link"

    def matches(self, folder: Path) -> bool:
        """There is an ``.inter`` file."""
        return any(folder.glob("*.inter"))

    def read(self, folder: Path) -> Tables:
        """Read the files; see the package's notes on what is set aside."""
        inter = _read(_one(folder, "inter"), {"user_id", "item_id"})
        _clean_interactions(inter)
        users = _described_nodes(folder, "user", "user_id", USER, NodeRole.USER)
        items = _described_nodes(folder, "item", "item_id", ITEM, NodeRole.ITEM)
        for described, column in ((users, "user_id"), (items, "item_id")):
            if described is not None:
                inter.rows.known(column, described.table.frame[KEY], f"the {described.file.rows.path.suffix} file")
        inter.rows.not_empty()
        interactions = _interaction_table(inter)
        user_table, user_kind = _nodes(users, inter, "user_id", USER, NodeRole.USER)
        item_table, item_kind = _nodes(items, inter, "item_id", ITEM, NodeRole.ITEM)
        nodes, edges, kinds = [user_table, item_table], [interactions], [user_kind, item_kind]
        files = [inter, *(described.file for described in (users, items) if described is not None)]
        if any(folder.glob("*.kg")):
            triples, links = _read_knowledge(folder, item_table.frame[KEY])
            entities, facts = knowledge_tables(
                triples.rows.frame.select(
                    pl.col("head_id").alias("head"),
                    pl.col("relation_id").alias("relation"),
                    pl.col("tail_id").alias("tail"),
                ),
                links.rows.frame.select(pl.col("item_id").alias("item"), pl.col("entity_id").alias("entity"))
                if links is not None
                else pl.DataFrame(schema={"item": pl.String, "entity": pl.String}),
                ITEM,
                ENTITY,
                KEY,
            )
            nodes.append(entities)
            edges.extend(facts)
            kinds.append(NodeKind(label=ENTITY, key=KEY, role=NodeRole.ENTITY))
            files.extend(file for file in (triples, links) if file is not None)
        elif any(folder.glob("*.link")):
            raise InputError(
                f"{folder} has a .link file and no .kg file that it could link to; add that, or take the .link away"
            )
        schema = Schema(nodes=tuple(kinds), edges=tuple(edge.kind for edge in edges))
        set_aside = pl.concat([file.rows.left_out() for file in files])
        return Tables(schema, tuple(nodes), tuple(edges), set_aside)


@dataclass
class _Described:
    """The nodes of a ``.user`` or ``.item`` file."""

    table: NodeTable
    kind: NodeKind
    file: _File


def _described_nodes(folder: Path, suffix: str, column: str, label: str, role: NodeRole) -> _Described | None:
    if not any(folder.glob(f"*.{suffix}")):
        return None
    file = _read(_one(folder, suffix), {column})
    file.rows.require_text(column)
    file.rows.unique(column)
    file.rows.not_empty()
    frame = file.rows.frame
    properties = {KEY: frame[column]}
    features: list[Feature] = []
    for name, kind in file.types.items():
        if name != column:
            safe = name
            while safe == KEY or (safe != name and safe in file.types):
                safe += "_"  # a property may not take the key's name
            properties[safe], feature = typed_property(safe, kind, frame[name])
            features.extend([feature] if feature is not None else [])
    title = next((name for name in TITLES if name in properties), None)
    kind_ = NodeKind(label=label, key=KEY, role=role, title=title, features=tuple(features))
    return _Described(NodeTable(label, pl.DataFrame(properties)), kind_, file)


def _nodes(described: _Described | None, inter: _File, column: str, label: str, role: NodeRole) -> tuple[NodeTable, NodeKind]:
    """Return the nodes of the file, or, without one, those that the usable interactions name."""
    if described is not None:
        return described.table, described.kind
    ids = inter.rows.frame[column].unique(maintain_order=True)
    return NodeTable(label, pl.DataFrame({KEY: ids})), NodeKind(label=label, key=KEY, role=role)


def _one(folder: Path, suffix: str) -> Path:
    found = sorted(folder.glob(f"*.{suffix}"))
    if len(found) != 1:
        names = [path.name for path in found]
        raise InputError(f"{folder} has {len(found)} .{suffix} files ({names}); expected one")
    return found[0]


def _read(path: Path, needed: set[str]) -> _File:
    header, rows = read_rows(path, None)
    names = [field.rpartition(":")[0] for field in header]
    types = [field.rpartition(":")[2] for field in header]
    if not all(names) or not all(kind in _TYPES for kind in types):
        raise InputError(
            f"{path}: the first line must name each column as name:type, with type one of {', '.join(_TYPES)}; got {header}"
        )
    if len(set(names)) != len(names):
        raise InputError(f"{path}: a column is named twice: {names}")
    if not needed <= set(names):
        raise InputError(f"{path}: missing column {', '.join(sorted(needed - set(names)))}; it has {', '.join(names)}")
    name_columns(rows, names)
    file = _File(rows, dict(zip(names, types, strict=True)))
    rows.not_empty()
    for name, kind in file.types.items():
        if kind == "float":
            rows.require_number(name)
    return file


def _clean_interactions(inter: _File) -> None:
    rows = inter.rows
    rows.require_text("user_id", "item_id")
    for name in ("rating", "timestamp"):
        if name in inter.types:
            rows.number(name)
    rows.latest("user_id", "item_id", "timestamp" if "timestamp" in inter.types else None)
    rows.not_empty()


def _interaction_table(inter: _File) -> EdgeTable:
    frame = inter.rows.frame
    columns = [pl.col("user_id").alias(SOURCE), pl.col("item_id").alias(TARGET)]
    rated, timed = "rating" in inter.types, "timestamp" in inter.types
    if rated:
        columns.append(pl.col("rating").alias("value"))
    if timed:
        columns.append(pl.col("timestamp").round().cast(pl.Int64).alias("time"))
    kind = EdgeKind(
        source=USER,
        type="RATED" if rated else "INTERACTED",
        target=ITEM,
        role=EdgeRole.INTERACTION,
        value="value" if rated else None,
        time="time" if timed else None,
    )
    return EdgeTable(kind, frame.select(columns))


def _read_knowledge(folder: Path, items: pl.Series) -> tuple[_File, _File | None]:
    triples = _read(_one(folder, "kg"), {"head_id", "relation_id", "tail_id"})
    triples.rows.require_text("head_id", "relation_id", "tail_id")
    triples.rows.unique("head_id", "relation_id", "tail_id")
    triples.rows.not_empty()
    if not any(folder.glob("*.link")):
        return triples, None
    links = _read(_one(folder, "link"), {"item_id", "entity_id"})
    links.rows.require_text("item_id", "entity_id")
    links.rows.known("item_id", items, "the .item file or any interaction")
    entities = pl.concat([triples.rows.frame["head_id"], triples.rows.frame["tail_id"].rename("head_id")]).unique()
    links.rows.known("entity_id", entities, "the .kg file")
    links.rows.unique("item_id")
    return triples, links
