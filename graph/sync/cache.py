"""The cache's folder: one version of what is kept as Arrow files, replaced as a whole.

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
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.ipc
import xxhash
from polars.exceptions import PolarsError

from graph.errors import CacheError
from graph.schema import Schema
from graph.sync.cursor import Cursor
from graph.sync.frames import from_edges, from_mask, from_nodes, to_edges, to_nodes
from graph.sync.kept import Kept

FORMAT = 4
"""To be raised when what is kept changes its meaning."""

_MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Version:
    """What the newest version says of itself: the folder, its point in history, how many rows it has, checksums by file."""

    folder: Path
    cursor: Cursor
    num_rows: int
    files: dict[str, int]


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


def newest_version(folder: Path, schema: Schema, database: str) -> Version:
    """Return the version to be loaded, of a database and the same schema.

    Raises:
        CacheError: there is none, or by another schema, or of another database, or its manifest is missing or damaged.
    """
    version = _newest(folder)
    if version is None:
        raise CacheError("there is no cache yet")
    with _damage_told(version):
        manifest = json.loads((version / _MANIFEST).read_bytes())
        if (manifest["format"], manifest["database"]) != (FORMAT, database):
            raise CacheError("the cache is of another database, or was written by another version of Hopline")
        if manifest["schema"] != _digest(schema):
            raise CacheError("the schema is not the one that the cache was made by")
        return Version(version, Cursor(**manifest["cursor"]), int(manifest["rows"]), dict(manifest["files"]))


def load_version(version: Version, schema: Schema) -> Kept:
    """Return what a version holds.

    Raises:
        CacheError: a file is missing or damaged.
    """
    with _damage_told(version.folder):
        frames = {name: _read(version.folder / name, checksum) for name, checksum in version.files.items()}
        nodes = {kind.label: to_nodes(frames[f"nodes-{n}.arrow"], kind) for n, kind in enumerate(schema.nodes)}
        edges = {
            kind.triple: to_edges(
                frames[f"edges-{n}.arrow"], frames.get(f"edges-{n}.gone.arrow"), frames.get(f"edges-{n}.new.arrow")
            )
            for n, kind in enumerate(schema.edges)
        }
        return Kept(version.cursor, nodes, edges)


def save_version(folder: Path, schema: Schema, database: str, kept: Kept, before: Kept | None = None) -> None:
    """Keep rows as the newest version, then remove the older ones; to be called in one's :func:`turn`.

    ``before`` is what :func:`load_version` gave: the parts that are still the same objects are not written again.

    Raises:
        OSError: the disk is full or may not be written; the version before stays.
        CacheError: a property's value cannot be kept.
    """
    with tempfile.TemporaryDirectory(prefix="new-", dir=folder) as scratch:
        writer = _Writer(Path(scratch, "version"), None if before is None else newest_version(folder, schema, database))
        for n, node in enumerate(schema.nodes):
            nodes = kept.nodes[node.label]
            is_same = before is not None and before.nodes[node.label] is nodes
            writer.keep(f"nodes-{n}.arrow", is_same, partial(from_nodes, nodes))
        for n, kind in enumerate(schema.edges):
            edges = kept.edges[kind.triple]
            is_same = before is not None and before.edges[kind.triple].base is edges.base
            writer.keep(f"edges-{n}.arrow", is_same, partial(from_edges, edges.base))
            if len(edges.patch):
                is_same = before is not None and before.edges[kind.triple] is edges
                writer.keep(f"edges-{n}.gone.arrow", is_same, partial(from_mask, edges.patch.gone))
                writer.keep(f"edges-{n}.new.arrow", is_same, partial(from_edges, edges.patch.new))
        manifest = {
            "format": FORMAT,
            "schema": _digest(schema),
            "database": database,
            "cursor": asdict(kept.cursor),
            "rows": len(kept),
            "files": writer.files,
        }
        (writer.folder / _MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
        versions = _versions(folder)
        writer.folder.rename(folder / f"{int(versions[-1].name) + 1 if versions else 1:08}")
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


@contextmanager
def _damage_told(version: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError, PolarsError) as error:
        raise CacheError(f"the cache in {version} is damaged ({error})") from error


class _Writer:
    """Makes a version's files: those of the version before that are still true are shared with it."""

    def __init__(self, folder: Path, before: Version | None) -> None:
        folder.mkdir()
        self.folder = folder
        self.files: dict[str, int] = {}
        self._before = before

    def keep(self, name: str, is_same: bool, frame: Callable[[], pl.DataFrame]) -> None:
        if is_same and self._before is not None:
            _share(self._before.folder / name, self.folder / name)
            self.files[name] = self._before.files[name]
        else:
            self.files[name] = _write(frame(), self.folder / name)


def _write(frame: pl.DataFrame, path: Path) -> int:
    frame.rechunk().write_ipc(path, record_batch_size=max(len(frame), 1))  # in one piece, numpy takes it without a copy
    return _checksum(path)


def _share(old: Path, new: Path) -> None:
    try:
        os.link(old, new)
    except OSError:  # a file system without links
        shutil.copyfile(old, new)


def _read(path: Path, checksum: int) -> pl.DataFrame:
    if _checksum(path) != checksum:
        raise ValueError(f"{path.name} is not what was written")
    with pa.memory_map(str(path)) as file:  # columns stay in the file, where polars would copy them all
        return pl.DataFrame(pa.ipc.open_file(file).read_all())


def _checksum(path: Path) -> int:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return xxhash.xxh3_64_intdigest(content)
