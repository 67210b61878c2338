"""A snapshot as RecBole's atomic files: ``.inter``, ``.user``, ``.item``, for ties ``.net``, for facts ``.kg`` and ``.link``.

Source: the format's page in RecBole's documentation, "Atomic files".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from graph.progress import OnStage, silent
from graph.schema import EdgeKind, FeatureType, NodeKind, NodeRole
from graph.snapshot import Snapshot
from loaders.errors import InputError
from loaders.export.frames import SOURCE, TARGET, TIME, TYPE, VALUE, edge_frame, id_texts, node_frame
from loaders.export.report import ExportReport, WrittenFile
from loaders.files.frames import number_text
from loaders.files.mapped import default_type
from loaders.files.properties import TITLES

_TYPES = {
    FeatureType.NUMERIC: "float",
    FeatureType.CATEGORICAL: "token",
    FeatureType.MULTI: "token_seq",
    FeatureType.TEXT: "token_seq",
    FeatureType.DATE: "token",
    FeatureType.VECTOR: "float_seq",
}
_FOLLOWS = "FOLLOWS"  # what an import calls the pairs of a .net file
ROWS_AT_ONCE = 500_000


def write_recbole(snapshot: Snapshot, folder: Path, progress: OnStage = silent) -> ExportReport:
    """Write atomic files named for the folder, as RecBole looks for them.

    Raises:
        InputError: several kinds of items, of which RecBole knows one; or an id with a tab or a line end.
        OSError: the folder cannot be written.
    """
    schema = snapshot.schema
    if len(schema.items) > 1:
        labels = ", ".join(kind.label for kind in schema.items)
        raise InputError(f"the graph has several kinds of items ({labels}), and RecBole's files one; export to parquet")
    writer = _Writer(folder)
    notes: list[str] = []
    total = 6
    for done, (suffix, key, kind) in enumerate((("user", "user_id", schema.user), ("item", "item_id", schema.items[0])), 1):
        writer.write(suffix, [_nodes(snapshot, kind, key, notes)])
        progress("writing files", done, total)
    writer.write("inter", _interactions(snapshot, notes))
    progress("writing files", 3, total)
    social = schema.social
    if social:
        others = sorted({kind.type for kind in social} - {_FOLLOWS})
        notes += [f"the .net file does not tell types: {', '.join(others)} will be read as {_FOLLOWS}"] if others else []
        pairs = (edge_frame(snapshot, kind).select(_token(SOURCE, "source_id"), _token(TARGET, "target_id")) for kind in social)
        writer.write("net", pairs)
    progress("writing files", 4, total)
    _write_facts(snapshot, writer, notes)
    progress("writing files", total, total)
    return ExportReport(tuple(writer.files), (*dict.fromkeys(notes), *snapshot.left_out()))


class _Writer:
    """Files of one folder, written some rows at a time; a field has no tab or line end."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.files: list[WrittenFile] = []

    def write(self, suffix: str, frames: Sequence[pl.LazyFrame] | Iterator[pl.LazyFrame]) -> None:
        path = self._folder / f"{self._folder.resolve().name}.{suffix}"
        rows = 0
        with path.open("wb") as file:
            for number, lazy in enumerate(frames):
                size = lazy.select(pl.len()).collect().item()
                for start in range(0, max(1, size), ROWS_AT_ONCE):
                    part = lazy.slice(start, ROWS_AT_ONCE).collect()
                    is_first = number == 0 and start == 0
                    part.write_csv(file, separator="\t", quote_style="never", include_header=is_first)
                rows += size
        self.files.append(WrittenFile(path, rows))


def _nodes(snapshot: Snapshot, kind: NodeKind, key: str, notes: list[str]) -> pl.LazyFrame:
    frame = node_frame(snapshot, kind)
    _check_ids(frame[kind.key], kind.label)
    columns = {f"{key}:token": frame[kind.key]}
    types = {feature.name: feature.type for feature in kind.features}
    for name in frame.columns:
        if name == kind.key:
            continue
        safe = f"{name}_" if name in {"user_id", "item_id"} else name
        if name == kind.title and name not in TITLES:
            safe = next(title for title in TITLES if title not in frame.columns)
            notes.append(f"{kind.label}.{name}, the title, is written as {safe}")
        type_ = types.get(name)
        if type_ in {FeatureType.TEXT, FeatureType.DATE} and name != kind.title:
            notes.append(f"RecBole has no {type_.value if type_ else ''}: {kind.label}.{name} will be read as categories")
        label = "token_seq" if type_ is None or name == kind.title else _TYPES[type_]
        columns[f"{_one_line(safe)}:{label}"] = _told(frame[name], f"{kind.label}.{name}", notes)
    return pl.DataFrame(columns).lazy()


def _told(column: pl.Series, name: str, notes: list[str]) -> pl.Series:
    """Return a column as RecBole writes it: the parts of a list parted by spaces, so none may be within a part."""
    if isinstance(column.dtype, pl.List):
        inner = number_text(pl.element()) if column.dtype == pl.List(pl.Float64) else pl.element()
        parts = column.to_frame("c").select(pl.col("c").list.eval(inner)).to_series()
        joined = parts.list.eval(pl.element().str.replace_all(r"\s+", "_"))
        if not joined.equals(parts, null_equal=True):
            notes.append(f"spaces within the categories of {name} are written as _")
        return joined.list.join(" ")
    told = number_text(pl.col("c")) if column.dtype.is_float() else pl.col("c")
    text = column.to_frame("c").select(told).to_series()
    return text.str.replace_all(r"[\t\r\n]+", " ")


def _interactions(snapshot: Snapshot, notes: list[str]) -> Iterator[pl.LazyFrame]:
    kinds = snapshot.schema.interactions
    has_value, has_time = any(kind.value for kind in kinds), any(kind.time for kind in kinds)
    says_type = len(kinds) > 1 or kinds[0].type != default_type(VALUE if has_value else None)
    columns = [_token(SOURCE, "user_id"), _token(TARGET, "item_id")]
    columns += [_token(TYPE, "behavior")] if says_type else []
    columns += [number_text(pl.col(VALUE)).alias("rating:float")] if has_value else []
    columns += [pl.col(TIME).cast(pl.String).alias("timestamp:float")] if has_time else []
    for kind in kinds:
        yield edge_frame(snapshot, kind).select(columns)


def _write_facts(snapshot: Snapshot, writer: _Writer, notes: list[str]) -> None:
    schema = snapshot.schema
    item = schema.items[0].label
    told: list[EdgeKind] = []
    for kind in schema.knowledge:
        if schema.user.label in {kind.source, kind.target}:
            notes.append(f"RecBole has no facts about users: {kind.type} of {schema.user.label} is left out")
        else:
            told.append(kind)
    if not told:
        return
    names = _entity_names(snapshot)

    def entity(label: str, column: str, name: str) -> pl.Expr:
        return pl.concat_str(pl.lit(names[label]), pl.col(column)).alias(f"{name}:token")

    frames = [(kind, edge_frame(snapshot, kind)) for kind in told]
    facts = (
        frame.select(
            entity(kind.source, SOURCE, "head_id"), _token(TYPE, "relation_id"), entity(kind.target, TARGET, "tail_id")
        )
        for kind, frame in frames
    )
    writer.write("kg", facts)
    met = [frame.select(pl.col(SOURCE).alias("item")) for kind, frame in frames if kind.source == item]
    met += [frame.select(pl.col(TARGET).alias("item")) for kind, frame in frames if kind.target == item]
    if met:
        linked = pl.concat(met).unique().sort("item")
        writer.write("link", [linked.select(_token("item", "item_id"), entity(item, "item", "entity_id"))])


def _entity_names(snapshot: Snapshot) -> dict[str, str]:
    """Return what is written before the ids of each label, so that no two nodes are one entity; for a sole label nothing."""
    schema = snapshot.schema
    entities = [kind.label for kind in schema.nodes if kind.role is NodeRole.ENTITY]
    for label in entities:
        _check_ids(id_texts(snapshot.nodes[label].ids), label)
    names = {label: "" if len(entities) == 1 else f"{_one_line(label)}:" for label in entities}
    before = f"{_one_line(schema.items[0].label)}:"
    taken = [id_texts(snapshot.nodes[label].ids) for label in entities if not names[label]]
    while any(ids.str.starts_with(before).any() for ids in taken) or before in names.values():
        before = f"{before}:"
    return names | {schema.items[0].label: before}


def _token(column: str, name: str) -> pl.Expr:
    return pl.col(column).alias(f"{name}:token")


def _one_line(name: str) -> str:
    return " ".join(name.split())


def _check_ids(ids: pl.Series, label: str) -> None:
    odd = ids.filter(ids.str.contains(r"[\t\r\n]"))
    if len(odd):
        raise InputError(
            f"the id {odd[0]!r} of {label} has a tab or line end, which RecBole's files cannot hold; export to parquet"
        )
