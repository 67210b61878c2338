"""RecBole's atomic files: ``.inter``, and where they are there ``.item``, ``.user``, ``.kg``, ``.link`` and ``.net``.

Source: the format's page in RecBole's documentation, "Atomic files": tab-separated, a header of ``name:type`` fields with
the types token, token_seq, float and float_seq.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from graph.schema import EdgeRole, NodeRole
from loaders.errors import InputError
from loaders.files.blocks import kind_of
from loaders.files.knowledge import linked_facts
from loaders.files.lines import Delimited
from loaders.files.plan import ENTITY, ITEM, KEY, USER, EdgeFile, Facts, NodeFile, Plan
from loaders.files.properties import TITLES, PropertyKind
from loaders.files.reader import Given
from loaders.files.rows import Rows, require_columns

_KINDS = {
    "token": PropertyKind.UNKNOWN,
    "token_seq": PropertyKind.MULTI,
    "float": PropertyKind.NUMERIC,
    "float_seq": PropertyKind.VECTOR,
}
BEHAVIOURS = ("behavior", "behaviour", "behavior_type", "behaviour_type", "action", "action_type", "event", "event_type")


@dataclass(frozen=True)
class _Atomic:
    """One atomic file: its columns without their types, and what each holds."""

    lines: Delimited
    kinds: Mapping[str, PropertyKind]

    @property
    def path(self) -> Path:
        return self.lines.path

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(self.kinds)

    @property
    def size_bytes(self) -> int:
        return self.lines.size_bytes

    def batches(self) -> Iterator[Rows]:
        names = dict(zip(self.lines.columns, self.columns, strict=True))
        for rows in self.lines.batches():
            rows.frame = rows.frame.rename(names)
            for name, kind in self.kinds.items():
                if kind is PropertyKind.NUMERIC and name != "timestamp":
                    rows.require_number(name)
            yield rows

    def other_than(self, *names: str | None) -> dict[str, PropertyKind]:
        """Return what the columns hold that are not among ``names``; titles, of one word or several, are texts."""
        kinds = {name: kind for name, kind in self.kinds.items() if name not in names}
        return {
            name: PropertyKind.KEPT if kind is PropertyKind.MULTI and name in TITLES else kind for name, kind in kinds.items()
        }


class RecBole:
    """Reads a folder of RecBole's atomic files."""

    name = "recbole"
    description = (
        "RecBole atomic files: NAME.inter, and optionally .item .user .kg .link .net; each may be compressed (.gz, .bz2, .xz)"
    )
    example = "hopline import ml-100k"

    def matches(self, path: Path) -> bool:
        """There is an ``.inter`` file."""
        return path.is_dir() and bool(_found(path, "inter"))

    def plan(self, given: Given) -> Plan:
        """Say which file holds what."""
        folder = given.path
        if not folder.is_dir():
            raise InputError(f"{folder} is a file; give the folder of RecBole's files")
        inter = _read(given, "inter", {"user_id", "item_id"})
        nodes = []
        for suffix, key, label in (("user", "user_id", USER), ("item", "item_id", ITEM)):
            if _found(folder, suffix):
                file = _read(given, suffix, {key})
                title = next((name for name in TITLES if name in file.kinds), None)
                nodes.append(NodeFile(file, label, key, file.other_than(key), title))
        edges = [_interactions(inter)]
        if _found(folder, "net"):
            net = _read(given, "net", {"source_id", "target_id"})
            edges.append(EdgeFile(net, (USER, USER), ("source_id", "target_id"), EdgeRole.SOCIAL, "FOLLOWS"))
        roles = {USER: NodeRole.USER, ITEM: NodeRole.ITEM}
        if not _found(folder, "kg"):
            if _found(folder, "link"):
                raise InputError(
                    f"{folder} has a .link file and no .kg file that it could link to; add that, or take the .link away"
                )
            return Plan(roles, nodes, edges)
        kg = _read(given, "kg", {"head_id", "relation_id", "tail_id"})
        link = _read(given, "link", {"item_id", "entity_id"}) if _found(folder, "link") else None
        return Plan(roles | {ENTITY: NodeRole.ENTITY}, nodes, edges, lambda nodes: _facts(kg, link, nodes[ITEM][KEY]))


def _interactions(inter: _Atomic) -> EdgeFile:
    rated, timed = (name if name in inter.kinds else None for name in ("rating", "timestamp"))
    behaviour = next((name for name in BEHAVIOURS if inter.kinds.get(name) is PropertyKind.UNKNOWN), None)
    return EdgeFile(
        inter,
        (USER, ITEM),
        ("user_id", "item_id"),
        EdgeRole.INTERACTION,
        "RATED" if rated is not None else "INTERACTED",
        behaviour,
        rated,
        timed,
        inter.other_than("user_id", "item_id", rated, timed, behaviour),
    )


def _facts(kg: _Atomic, link: _Atomic | None, items: pl.Series) -> Facts:
    triples = Rows.joined(list(kg.batches()))
    triples.require_text("head_id", "relation_id", "tail_id")
    triples.unique("head_id", "relation_id", "tail_id")
    triples.not_empty()
    links = None
    if link is not None:
        links = Rows.joined(list(link.batches()))
        links.require_text("item_id", "entity_id")
        links.known("item_id", items, "the .item file or any interaction")
        entities = pl.concat([triples.frame["head_id"], triples.frame["tail_id"].rename("head_id")]).unique()
        links.known("entity_id", entities, "the .kg file")
        links.unique("item_id")
    return linked_facts(triples, ("head_id", "relation_id", "tail_id"), links, ("item_id", "entity_id"))


def _found(folder: Path, suffix: str) -> list[Path]:
    return sorted(path for path in folder.iterdir() if kind_of(path) == f".{suffix}")


def _read(given: Given, suffix: str, needed: set[str]) -> _Atomic:
    found = _found(given.path, suffix)
    if len(found) != 1:
        names = [path.name for path in found]
        raise InputError(f"{given.path} has {len(found)} .{suffix} files ({names}); expected one")
    lines = Delimited(found[0], encoding=given.encoding)
    header = lines.first_line().split("\t")
    names, types = [field.rpartition(":")[0] for field in header], [field.rpartition(":")[2] for field in header]
    if not all(names) or not all(kind in _KINDS for kind in types):
        raise InputError(
            f"{found[0]}: the first line must name each column as name:type, with type one of {', '.join(_KINDS)}; got {header}"
        )
    if len(set(names)) != len(names):
        raise InputError(f"{found[0]}: a column is named twice: {names}")
    atomic = _Atomic(lines, {name: _KINDS[kind] for name, kind in zip(names, types, strict=True)})
    require_columns(atomic, *sorted(needed))
    return atomic
