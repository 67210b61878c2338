"""The cache's folder: one version of the graph's rows as Arrow files, replaced as a whole.

A version is a folder with a number for its name, made under another name and then renamed: one that has a number is whole,
whatever ended the program that wrote it. Files that did not change are shared with the version before. Checksums are kept of
all files, so that one which is cut off or damaged, be it by a power failure, is found and never believed.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import mmap
import os
import shutil
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import polars as pl
from polars.exceptions import PolarsError

from graph.errors import CacheError
from graph.schema import Schema
from graph.snapshot.columns import Triple
from graph.snapshot.rows import EdgeRows, GraphRows, NodeRows, properties_of
from graph.sync.cursor import Cursor
from graph.sync.values import from_column, to_column

FORMAT = 1
"""To be raised when what is kept changes its meaning."""

_MANIFEST = "manifest.json"
_INTERNAL = "internal"


@dataclass(frozen=True)
class Kept:
    """What was kept: the rows, and the point in the store's history that they are not older than."""

    cursor: Cursor
    rows: GraphRows


@contextmanager
def turn(folder: Path) -> Iterator[None]:
    """Make the cache's folder and wait for the right to use it; another program that does so waits in turn.

    Raises:
        OSError: the folder cannot be made or written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def load_rows(folder: Path, schema: Schema, database: str) -> Kept:
    """Return what was kept of a database by the same schema.

    Raises:
        CacheError: nothing was, or by another schema, or of another database, or a file is missing or damaged.
    """
    version = _newest(folder)
    if version is None:
        raise CacheError("there is no cache yet")
    try:
        manifest = json.loads((version / _MANIFEST).read_bytes())
        if (manifest["format"], manifest["database"]) != (FORMAT, database):
            raise CacheError("the cache is of another database, or was written by another version of Hopline")
        if manifest["schema"] != _digest(schema):
            raise CacheError("the schema is not the one that the cache was made by")
        frames = {name: _read(version / name, checksum) for name, checksum in manifest["files"].items()}
        nodes = {kind.label: _to_nodes(frames[_node_file(schema, kind.label)], properties_of(kind)) for kind in schema.nodes}
        edges = {kind.triple: _to_edges(frames[_edge_file(schema, kind.triple)]) for kind in schema.edges}
        return Kept(Cursor(**manifest["cursor"]), GraphRows(nodes, edges))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, PolarsError) as error:
        raise CacheError(f"the cache in {version} is damaged ({error})") from error


def save_rows(folder: Path, schema: Schema, database: str, kept: Kept, before: GraphRows | None = None) -> None:
    """Keep rows as the newest version, then remove the older ones; to be called in one's :func:`turn`.

    ``before`` are the rows that :func:`load_rows` gave: the parts that are still the same objects are not written again.

    Raises:
        OSError: the disk is full or may not be written; the version before stays.
        CacheError: a property's value cannot be kept.
    """
    old = _newest(folder) if before is not None else None
    checksums = json.loads((old / _MANIFEST).read_bytes())["files"] if old is not None else {}
    with tempfile.TemporaryDirectory(prefix="new-", dir=folder) as scratch:
        new = Path(scratch, "version")
        new.mkdir()
        files: dict[str, int] = {}
        for label, nodes in kept.rows.nodes.items():
            name = _node_file(schema, label)
            if before is not None and old is not None and before.nodes[label] is nodes:
                files[name] = _share(old / name, new / name, checksums[name])
            else:
                files[name] = _write(_from_nodes(nodes), new / name)
        for triple, edges in kept.rows.edges.items():
            name = _edge_file(schema, triple)
            if before is not None and old is not None and before.edges[triple] is edges:
                files[name] = _share(old / name, new / name, checksums[name])
            else:
                files[name] = _write(pl.DataFrame(edges.columns()), new / name)
        manifest = {
            "format": FORMAT,
            "schema": _digest(schema),
            "database": database,
            "cursor": asdict(kept.cursor),
            "files": files,
        }
        (new / _MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
        versions = _versions(folder)
        new.rename(folder / f"{int(versions[-1].name) + 1 if versions else 1:08}")
    remove_versions(versions)
    for left in folder.glob("new-*"):  # of a program that was killed; nobody else writes in our turn
        shutil.rmtree(left, ignore_errors=True)


def remove_versions(versions: list[Path]) -> None:
    """Remove versions, the manifest first, so that half of one is never taken for a whole."""
    for version in versions:
        (version / _MANIFEST).unlink(missing_ok=True)
        shutil.rmtree(version, ignore_errors=True)


def _versions(folder: Path) -> list[Path]:
    return sorted((path for path in folder.iterdir() if path.name.isdigit()), key=lambda path: int(path.name))


def _newest(folder: Path) -> Path | None:
    versions = _versions(folder) if folder.is_dir() else []
    return versions[-1] if versions else None


def _digest(schema: Schema) -> str:
    return hashlib.sha256(schema.model_dump_json().encode()).hexdigest()


def _node_file(schema: Schema, label: str) -> str:
    return f"nodes-{[kind.label for kind in schema.nodes].index(label)}.arrow"


def _edge_file(schema: Schema, triple: Triple) -> str:
    return f"edges-{[kind.triple for kind in schema.edges].index(triple)}.arrow"


def _from_nodes(rows: NodeRows) -> pl.DataFrame:
    columns = [to_column(name, values) for name, values in rows.properties.items()]
    return pl.DataFrame([pl.Series(_INTERNAL, rows.internal), *columns])


def _to_nodes(frame: pl.DataFrame, properties: list[str]) -> NodeRows:
    internal, *columns = frame.get_columns()
    found = dict(from_column(column) for column in columns)
    return NodeRows(internal.to_numpy(), {name: found[name] for name in properties})


def _to_edges(frame: pl.DataFrame) -> EdgeRows:
    return EdgeRows(**{column.name: column.to_numpy() for column in frame.get_columns()})


def _write(frame: pl.DataFrame, path: Path) -> int:
    frame.rechunk().write_ipc(path)
    return _checksum(path)


def _share(old: Path, new: Path, checksum: int) -> int:
    try:
        os.link(old, new)
    except OSError:  # a file system without links
        shutil.copyfile(old, new)
    return checksum


def _read(path: Path, checksum: int) -> pl.DataFrame:
    if _checksum(path) != checksum:
        raise ValueError(f"{path.name} is not what was written")
    return pl.read_ipc(path)


def _checksum(path: Path) -> int:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return zlib.crc32(content)
