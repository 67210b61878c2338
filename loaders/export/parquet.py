"""A snapshot as Parquet tables, and the mapping by which `hopline import` reads them as the same graph."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import polars as pl

from graph.progress import OnStage, silent
from graph.schema import EdgeKind, NodeKind
from graph.snapshot import Snapshot
from loaders.export.frames import SOURCE, TARGET, TIME, TYPE, VALUE, edge_frame, edge_groups, node_frame, repeated
from loaders.export.report import ExportReport, WrittenFile
from loaders.files.mapping import MAPPING_FILE, MappedEdges, MappedNodes, TableMapping
from loaders.files.mapping_text import mapping_text
from loaders.files.properties import PropertyKind


def write_parquet(snapshot: Snapshot, folder: Path, progress: OnStage = silent) -> ExportReport:
    """Write a table a label, a table for the relationships of each role between two labels, and the mapping.

    Raises:
        OSError: the folder cannot be written.
    """
    files: list[WrittenFile] = []
    nodes: list[MappedNodes] = []
    edges: list[MappedEdges] = []
    schema = snapshot.schema
    groups = edge_groups(schema)
    names = _Names()
    total = len(schema.nodes) + len(groups)
    for kind in schema.nodes:
        frame = node_frame(snapshot, kind)
        path = folder / names.take(kind.label)
        frame.write_parquet(path)
        files.append(WrittenFile(path, frame.height))
        nodes.append(_mapped_nodes(kind, path.name))
        progress("writing files", len(files), total)
    for (source, target, role), kinds in groups.items():
        path = folder / names.take(f"{source}-{kinds[0].type if len(kinds) == 1 else role.value}-{target}")
        columns = [
            *(SOURCE, TARGET),
            *([TYPE] if len(kinds) > 1 else []),
            *([VALUE] if any(kind.value for kind in kinds) else []),
            *([TIME] if any(kind.time for kind in kinds) else []),
        ]
        pl.concat([edge_frame(snapshot, kind).select(columns) for kind in kinds]).sink_parquet(path)
        files.append(WrittenFile(path, sum(len(snapshot.edges[kind.triple].source) for kind in kinds)))
        edges.append(_mapped_edges(kinds, path.name, columns))
        progress("writing files", len(files), total)
    mapping = folder / MAPPING_FILE
    mapping.write_text(mapping_text(TableMapping(nodes=tuple(nodes), edges=tuple(edges))), encoding="utf-8")
    return ExportReport(tuple(files), tuple(_notes(snapshot)))


class _Names:
    """Names of files, none twice, also where the system does not tell upper from lower case."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def take(self, wanted: str) -> str:
        stem = re.sub(r"[^\w-]+", "_", wanted)[:100]
        name, number = stem, 2
        while name.lower() in self._taken:
            name, number = f"{stem}_{number}", number + 1
        self._taken.add(name.lower())
        return f"{name}.parquet"


def _mapped_nodes(kind: NodeKind, file: str) -> MappedNodes:
    properties = {feature.name: PropertyKind(feature.type.value) for feature in kind.features if feature.name != kind.key}
    if kind.title is not None and kind.title != kind.key:
        properties.setdefault(kind.title, PropertyKind.KEPT)
    return MappedNodes(file=file, label=kind.label, role=kind.role, key=kind.key, title=kind.title, properties=properties)


def _mapped_edges(kinds: list[EdgeKind], file: str, columns: list[str]) -> MappedEdges:
    first = kinds[0]
    return MappedEdges(
        file=file,
        source=first.source,
        source_column=SOURCE,
        target=first.target,
        target_column=TARGET,
        role=first.role,
        type=None if TYPE in columns else first.type,
        type_column=TYPE if TYPE in columns else None,
        value=VALUE if VALUE in columns else None,
        time=TIME if TIME in columns else None,
        properties={},
    )


def _notes(snapshot: Snapshot) -> Iterable[str]:
    for kind in snapshot.schema.edges:
        number = repeated(snapshot, kind)
        if number:
            yield f"{number:,} {kind.type} relationships have the ends of another; all are written, an import keeps one of each"
    for node in snapshot.schema.nodes:
        for feature in node.features:
            if feature.encoder is not None:
                yield f"the text encoder {feature.encoder!r} of {node.label}.{feature.name} is not written; name it again"
    yield from snapshot.left_out()
