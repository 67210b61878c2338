"""Checksums of what a release keeps on nodes, 8 bytes for each id, vector and all of a node's values, kept with its record.

By them it is known what a release has on a node without reading it back: which nodes a later one must write, and whether
somebody else wrote over them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cypher import load
from graph.database import Database
from graph.embeddings import VectorColumn
from graph.neighbours import Neighbours

Hashes = NDArray[np.uint64]
ColumnKey = tuple[str, str]
"""A column's label and suffix."""

_SEED = b"hopline checksums"
_ROWS_AT_ONCE = 65_536
_NODES_A_PART = 250_000


@dataclass(frozen=True, eq=False)
class Checksums:
    """Of each of n nodes: ``ids`` uint64[n] stands for its id, ``values`` uint64[n] for all that is kept on it.

    ``vectors`` uint64[n] stands for its vector alone, None in a release of a Hopline that did not tell it apart.
    """

    ids: Hashes
    values: Hashes
    vectors: Hashes | None = None

    @classmethod
    def of(cls, column: VectorColumn) -> Checksums:
        """Return the checksums of a column. An id counts as its text: which of text and number it is, graphs may differ in."""
        vector = column.vectors.astype("<f4").view("<u4")
        words = [vector, *(_words(column.beside[suffix]) for suffix in sorted(column.beside))]
        return cls(hash_texts(column.ids), _hash(np.hstack(words)), _hash(vector))

    @classmethod
    def of_neighbours(cls, ids: NDArray[Any], neighbours: Neighbours) -> Checksums:
        """Return the checksums of the neighbours of items ``ids`` [n], whatever the order in which they are read back."""
        hashes = hash_texts(ids)
        return cls(hashes, hash_neighbours(hashes[neighbours.places], neighbours.weights))

    def unlike(self, other: Checksums) -> NDArray[np.bool_]:
        """Return of which nodes, bool[n], another has not the same values, or nothing."""
        return _unlike(self.ids, self.values, other.ids, other.values)

    def moved(self, other: Checksums) -> NDArray[np.bool_]:
        """Return of which nodes, bool[n], another has not the same vector, or nothing that tells."""
        if self.vectors is None or other.vectors is None:
            return np.ones(len(self.ids), np.bool_)
        return _unlike(self.ids, self.vectors, other.ids, other.vectors)

    def without(self, other: Checksums) -> int:
        """Return the number of nodes that another does not know."""
        return int((~_find(self.ids, other.ids)[1]).sum())


def write_checksums(database: Database, version: int, checksums: dict[ColumnKey, Checksums]) -> None:
    """Keep checksums with a release's record."""
    for (label, suffix), sums in checksums.items():
        for part, first in enumerate(range(0, len(sums.ids), _NODES_A_PART)):
            rows = slice(first, first + _NODES_A_PART)
            params = {
                "version": version,
                "label": label,
                "suffix": suffix,
                "part": part,
                "ids": sums.ids[rows].astype("<u8").tobytes(),
                "values": sums.values[rows].astype("<u8").tobytes(),
                "vectors": None if sums.vectors is None else sums.vectors[rows].astype("<u8").tobytes(),
            }
            database.write(load("publish/write_checksums"), params)


def read_checksums(database: Database, version: int) -> dict[ColumnKey, Checksums]:
    """Return the checksums of a release by label and suffix; none for a release of a Hopline that kept none."""
    parts: dict[ColumnKey, list[dict[str, Any]]] = {}
    for row in database.read(load("publish/read_checksums"), {"version": version}):
        parts.setdefault((row["label"], row["suffix"]), []).append(row)
    return {key: Checksums(*(_together(rows, name) for name in ("ids", "values", "vectors"))) for key, rows in parts.items()}


def _together(rows: list[dict[str, Any]], name: str) -> Any:
    if any(row[name] is None for row in rows):
        return None
    return np.frombuffer(b"".join(row[name] for row in rows), "<u8")


def total(checksums: dict[ColumnKey, Checksums]) -> str:
    """Return one checksum of all, in whatever order the nodes come: 32 hexadecimal digits."""
    digest = hashlib.blake2b(digest_size=16)
    for (label, suffix), sums in sorted(checksums.items()):
        order = np.argsort(sums.ids)
        digest.update(f"{label}\0{suffix}\0{len(order)}\0".encode("utf-8", "surrogatepass"))
        digest.update(np.concatenate([sums.ids[order], sums.values[order]]).astype("<u8").tobytes())
    return digest.hexdigest()


def hash_texts(ids: NDArray[Any] | Iterable[Any]) -> Hashes:
    """Return 64 bits for each id, of text or numbers, by its text."""
    texts = np.ascontiguousarray(np.asarray(ids).astype(str))
    return _hash(texts.view(np.uint32).reshape(len(texts), -1))


def hash_neighbours(neighbours: Hashes, weights: NDArray[np.float32]) -> Hashes:
    """Return 64 bits for each row of the hashes of neighbours' ids, uint64[n, k], and of their weights; 0: there is none."""
    order = np.lexsort((neighbours, -weights), axis=-1)
    weights = np.take_along_axis(weights, order, axis=1).astype("<f4")
    ids = np.where(weights > 0, np.take_along_axis(neighbours, order, axis=1), 0).astype("<u8")
    words = np.zeros((*weights.shape, 3), np.uint32)
    words[..., :2], words[..., 2] = ids[..., None].view("<u4"), weights.view("<u4")
    return _hash(words.reshape(len(weights), -1))


def _words(values: NDArray[Any]) -> NDArray[np.uint32]:
    """Return a row of 32-bit words a node: of float32[n], or of uint8[n, w] filled up with zeros."""
    if values.ndim == 1:
        return values.astype("<f4").view("<u4")[:, None]
    padded = np.pad(values, ((0, 0), (0, -values.shape[1] % 4)))
    return np.ascontiguousarray(padded).view("<u4")


def _hash(words: NDArray[np.uint32]) -> Hashes:
    """Return 64 bits a row: two independent multilinear hashes of 32 bits each. Zeros at a row's end do not count.

    Two given rows that differ collide with probability 2⁻⁶⁴ over the choice of keys.

    Source: Lemire and Kaser 2014, Strongly universal string hashing is fast (The Computer Journal 57), sec. 2.
    """
    width = words.shape[1]
    # The keys of a longer row begin with those of a shorter one.
    keys = np.frombuffer(hashlib.shake_256(_SEED).digest(16 * (width + 1)), "<u8").reshape(width + 1, 2)
    hashes = np.empty(len(words), np.uint64)
    for first in range(0, len(words), _ROWS_AT_ONCE):
        part = words[first : first + _ROWS_AT_ONCE].astype(np.uint64)
        high, low = ((part @ keys[1:, which] + keys[0, which]) >> np.uint64(32) for which in (0, 1))
        hashes[first : first + len(part)] = high << np.uint64(32) | low
    return hashes


def _unlike(ids: Hashes, values: Hashes, other_ids: Hashes, others: Hashes) -> NDArray[np.bool_]:
    place, is_known = _find(ids, other_ids)
    unlike: NDArray[np.bool_] = ~is_known
    unlike[is_known] = others[place[is_known]] != values[is_known]
    return unlike


def _find(wanted: Hashes, among: Hashes) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the places of some ids among others, and which of them are there; other places mean nothing."""
    if np.array_equal(wanted, among):  # as where no node came or went
        return np.arange(len(among)), np.ones(len(among), np.bool_)
    order = np.argsort(among)
    place = np.minimum(np.searchsorted(among, wanted, sorter=order), len(among) - 1)
    found: NDArray[np.int64] = order[place]
    return found, among[found] == wanted
