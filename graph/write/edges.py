"""Relationships into the graph: made without looking where none can be yet, completed where some may be.

What sets the speed is the server's work a relationship (ARCHITECTURE.md has the figures). So rows go in the order of their
sources, which keeps what a transaction touches together; each end is sent and looked up once a batch; and while a writer
knows that a kind holds nothing but what it wrote itself, pairs of a source it has not written before are made outright.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import polars as pl

from cypher import load
from graph.database import Database
from graph.schema import EdgeKind, Schema
from graph.tables import SOURCE, TARGET, EdgeTable
from graph.write.report import Written
from graph.write.rows import key_places, property_maps

EDGES_A_BATCH = 50_000  # a transaction each: larger ones gained nothing, and hold more of the server's heap


@dataclass
class _Own:
    """All relationships of one type from one label were written by this writer: how many, of which kind, from whom."""

    kind: EdgeKind
    number: int
    sources: pl.Series


class EdgeWriter:
    """Writes tables of relationships and remembers, for each kind it met empty, the source keys it has written.

    Not for several threads at once. Several writers at once are safe: each transaction locks the schema's node and, before it
    makes a relationship unseen, sees by the count store that nobody else wrote the kind.
    """

    def __init__(self, database: Database, schema: Schema) -> None:
        self._database = database
        self._schema = schema
        self._own: dict[tuple[str, str], _Own | None] = {}

    def write(self, table: EdgeTable, advance: Callable[[int], None]) -> Written:
        """Make or complete the relationships of a table; ``advance`` hears how many rows are done."""
        kind, frame = table.kind, table.frame
        new, met = self._split(kind, frame)
        done = matched = created = 0
        for rows, is_new in ((new, True), (met, False)):
            for part in _batches(frame, rows):
                part_matched, part_created = self._write_batch(kind, part, is_new)
                matched += part_matched
                created += part_created
                done += part.height
                advance(done)
        return Written(" ".join(kind.triple), done, created, without_end=done - matched)

    def _split(self, kind: EdgeKind, frame: pl.DataFrame) -> tuple[pl.Series, pl.Series]:
        """Return row numbers by source: of sources that are new to a kind of this writer's own, and of the others."""
        order = frame.select(pl.arg_sort_by(SOURCE)).to_series()
        own = self._own_of(kind, frame[SOURCE])
        if own is None or own.sources.dtype != frame[SOURCE].dtype:
            return order.clear(), order
        is_met = frame[SOURCE].is_in(own.sources.implode()).gather(order)
        new = order.filter(~is_met)
        own.sources = own.sources.append(frame[SOURCE].gather(new).unique())
        return new, order.filter(is_met)

    def _own_of(self, kind: EdgeKind, sources: pl.Series) -> _Own | None:
        leaving = (kind.source, kind.type)
        if leaving not in self._own:
            names = {"source": kind.source, "type": kind.type}
            number = self._database.read(load("load/count_edges"), {}, names)[0]["number"]
            self._own[leaving] = None if number else _Own(kind, 0, sources.clear())
        own = self._own[leaving]
        return own if own is not None and own.kind.triple == kind.triple else None

    def _write_batch(self, kind: EdgeKind, part: pl.DataFrame, is_new: bool) -> tuple[int, int]:
        """Return how many rows have both ends in the graph, and how many relationships were made."""
        names = {
            "source": kind.source,
            "source_key": self._schema.node(kind.source).key,
            "type": kind.type,
            "target": kind.target,
            "target_key": self._schema.node(kind.target).key,
        }
        source_keys, sources = key_places(part[SOURCE])
        target_keys, targets = key_places(part[TARGET])
        params = {
            "source_keys": source_keys.to_list(),
            "target_keys": target_keys.to_list(),
            "sources": sources.to_list(),
            "targets": targets.to_list(),
            "properties": property_maps(part.drop(SOURCE, TARGET)),
        }
        leaving = (kind.source, kind.type)
        own = self._own[leaving]
        if is_new and own is not None:
            (row,) = self._database.write(load("load/create_edges"), {**params, "expected": own.number}, names)
            if row["created"]:
                own.number += row["created"]
                return row["created"], row["created"]
            self._own[leaving] = None  # others write the kind too, or none of the ends is there: look at each pair
        (row,) = self._database.write(load("load/complete_edges"), params, names)
        if own is not None:
            own.number += row["created"]
        return row["matched"], row["created"]


def _batches(frame: pl.DataFrame, rows: pl.Series) -> Iterator[pl.DataFrame]:
    for start in range(0, len(rows), EDGES_A_BATCH):
        yield frame[rows[start : start + EDGES_A_BATCH]]
