"""Events into the graph as they come: read, judged, written in batches, and what cannot be used set aside with its reason."""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BufferedIOBase
from itertools import islice
from pathlib import Path
from typing import Any, cast

import polars as pl

from graph.database import Database
from graph.errors import DatabaseError, DatabaseGoneError, EventError
from graph.events import Event, EventReader, EventsConfig, EventWriter, ReadyEvent, Taken
from graph.progress import OnStage, silent
from graph.schema import Schema
from graph.tenants import TenantsConfig, tenant_of
from hopline.errors import IngestError
from hopline.read_ahead import ReadAhead
from loaders.event_lines import Line, read_file_lines, read_lines
from loaders.files.blocks import size_of
from loaders.set_aside import SCHEMA, SetAsideFile

STANDARD_INPUT = "-"
_TOLD_EVERY_S = 10.0

Given = Event | Mapping[str, Any]
_Row = tuple[int, bytes | Given, ReadyEvent]
"""An event's line, what was given, and what it means."""


@dataclass(frozen=True)
class IngestReport:
    """What came of a stream of events; all that it counts as new or repeated is in the graph.

    ``new`` ones were taken in now, ``impressions`` among them; ``repeated`` ones the graph had already. ``interactions``:
    relationships made. ``nodes``: users, items and entities made, by label. ``set_aside``: how many could not be used, by
    reason.
    """

    new: int
    repeated: int
    impressions: int
    interactions: int
    nodes: dict[str, int]
    set_aside: dict[str, int]
    set_aside_file: Path | None
    seconds: float

    def summary(self) -> str:
        """Return one sentence for people."""
        repeated = f", {self.repeated:,} were there already" if self.repeated else ""
        shown = f" ({self.impressions:,} impressions)" if self.impressions else ""
        made = ", ".join(
            [f"{self.interactions:,} interactions", *(f"{number:,} {label}" for label, number in self.nodes.items())]
        )
        return f"took in {self.new:,} events{shown} in {self.seconds:.1f} s{repeated}; made {made}"


@dataclass(frozen=True)
class _Judged:
    """Some lines in a row: the events among them; of those refused, line, reason and row; and how long they are together."""

    events: list[_Row]
    refused: list[tuple[int, str, str]]
    num_bytes: int

    def __len__(self) -> int:
        return len(self.events) + len(self.refused)


class Intake:
    """Takes events into one graph; made once and used for many calls. Not for several threads at once.

    ``tenant`` names whose they are, one of what ``tenants`` declares; None: the operator's.

    Raises:
        SchemaError: nothing was loaded, or two users or items share a key.
        QuestionError: a tenant, and none are declared.
        DatabaseError: Neo4j refused, or was lost.
    """

    def __init__(
        self,
        database: Database,
        schema: Schema,
        config: EventsConfig,
        folder: Path,
        tenants: TenantsConfig | None = None,
        tenant: str | None = None,
    ) -> None:
        tenant_of(tenant, tenants, schema)
        self.schema, self.tenant = schema, tenant
        self._config = config
        self._folder = folder
        self._writer = EventWriter(database, schema, config.click_window_s, tenants)
        self._reader = EventReader.of(database, schema, config, tenants)

    def take(self, events: Iterable[Given], on_stage: OnStage = silent) -> IngestReport:
        """Take in events that are values; those that cannot be used are added to ``set-aside/events.tsv``.

        Raises:
            IngestError: the database refused or went away; the message says how far it got.
        """
        aside = SetAsideFile(self._folder / "events.tsv", keep=True)
        return self._write(self._values(iter(events)), "events", aside, 0, on_stage)

    def take_file(self, path: Path, on_stage: OnStage = silent) -> IngestReport:
        """Take in a file of JSON objects, one a line, compressed or not; ``-`` is standard input, to its end.

        Lines of a file that cannot be used go to ``set-aside/<its name>.tsv`` in place of an earlier one, as the whole file is
        read; those of standard input are added to ``set-aside/stdin.tsv``.

        Raises:
            InputError: there is no such file, or it cannot be read.
            IngestError: the database refused or went away; the message says how far it got.
        """
        if str(path) == STANDARD_INPUT:
            aside = SetAsideFile(self._folder / "stdin.tsv", keep=True)
            return self._write(
                self._ahead(read_lines(cast(BufferedIOBase, sys.stdin.buffer), self._config.max_bytes)),
                "stdin",
                aside,
                0,
                on_stage,
            )
        size = size_of(path)
        aside = SetAsideFile(self._folder / f"{path.name}.tsv")
        return self._write(self._ahead(read_file_lines(path, self._config.max_bytes)), path.name, aside, size, on_stage)

    def _ahead(self, chunks: Iterator[list[Line]]) -> Iterable[list[_Judged]]:
        return ReadAhead(map(self._judge, chunks), len, self._config.batch_size, self._config.queue_size)

    def _values(self, events: Iterator[Given]) -> Iterator[list[_Judged]]:
        number = 1
        while part := list(islice(events, self._config.batch_size)):
            yield [self._judge(list(enumerate(part, number)))]
            number += len(part)

    def _judge(self, rows: Sequence[tuple[int, bytes | Given]]) -> _Judged:
        events: list[_Row] = []
        refused: list[tuple[int, str, str]] = []
        for number, given in rows:
            try:
                events.append((number, given, self._reader.read(given, self.tenant)))
            except EventError as error:
                refused.append((number, str(error), _as_row(given)))
        return _Judged(events, refused, sum(len(row) for _, row in rows if isinstance(row, bytes)))

    def _write(
        self, parts: Iterable[list[_Judged]], name: str, aside: SetAsideFile, size: int, on_stage: OnStage
    ) -> IngestReport:
        progress = _Progress(on_stage, size)
        total = _Total()
        for waiting in parts:
            _set_aside(aside, name, [row for part in waiting for row in part.refused])
            events = [row for part in waiting for row in part.events]
            for start in range(0, len(events), self._config.batch_size):
                self._write_batch(events[start : start + self._config.batch_size], name, aside, total, progress)
            progress.advance(total.new + total.repeated, sum(part.num_bytes for part in waiting))
        return IngestReport(
            total.new,
            total.repeated,
            total.impressions,
            total.interactions,
            dict(sorted(total.nodes.items())),
            aside.counts,
            aside.path if aside.counts else None,
            time.perf_counter() - progress.started,
        )

    def _write_batch(self, batch: Sequence[_Row], name: str, aside: SetAsideFile, total: _Total, progress: _Progress) -> None:
        try:
            taken = self._writer.write([event for _, _, event in batch], self._config.retry_s, progress.away)
        except DatabaseError as error:
            done = f"{total.new + total.repeated:,} events of {name}, up to line {total.last_line:,}, are in the graph"
            if total.last_line == 0:
                done = f"no event of {name} was taken in"
            raise IngestError(f"{error}. Here: {done}; run the same again, and what is there already is passed over") from error
        _set_aside(aside, name, [(batch[place][0], reason, _as_row(batch[place][1])) for place, reason in taken.refused])
        total.add(taken, batch[-1][0])


@dataclass
class _Total:
    new: int = 0
    repeated: int = 0
    impressions: int = 0
    interactions: int = 0
    nodes: Counter[str] = field(default_factory=Counter)
    last_line: int = 0

    def add(self, taken: Taken, last_line: int) -> None:
        self.new += taken.new
        self.repeated += len(taken.repeated)
        self.impressions += taken.impressions
        self.interactions += taken.interactions
        self.nodes.update(taken.nodes)
        self.last_line = last_line


class _Progress:
    """Tells how far it is: of a file as a share of its bytes, of a stream from time to time how many events there were."""

    def __init__(self, on_stage: OnStage, size: int) -> None:
        self._on_stage, self._size = on_stage, size
        self._num_bytes = 0
        self.started = self._told = time.perf_counter()

    def advance(self, done: int, num_bytes: int) -> None:
        self._num_bytes += num_bytes
        if self._size:
            share = min(1.0, self._num_bytes / self._size)
            self._on_stage("taking in events", done, max(done, round(done / share)) if share else 0)
        elif time.perf_counter() - self._told > _TOLD_EVERY_S:
            self._told = time.perf_counter()
            self._on_stage(f"took in {done:,} events", 0, 0)

    def away(self, error: DatabaseGoneError) -> None:
        self._on_stage(f"the database is away, trying again: {error}", 0, 0)


def _set_aside(aside: SetAsideFile, name: str, refused: Sequence[tuple[int, str, str]]) -> None:
    rows = [(name, number, reason, row) for number, reason, row in refused]
    aside.add(pl.DataFrame(rows, schema=SCHEMA, orient="row"))


def _as_row(given: bytes | Given) -> str:
    if isinstance(given, bytes):
        return given.decode("utf-8", "replace")
    fields = given.model_dump(exclude_defaults=True) if isinstance(given, Event) else given
    text = json.dumps(fields, ensure_ascii=False, default=str) if isinstance(fields, Mapping) else repr(fields)
    return text.encode("utf-8", "replace").decode()
