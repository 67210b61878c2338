"""Events of many requests into the graph: a bounded queue and one writer, which takes all that wait in one transaction."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from threading import Condition, Thread
from typing import Any

import polars as pl

from graph.database import Database
from graph.errors import DatabaseError, DatabaseGoneError, EventError
from graph.events import EventReader, EventsConfig, EventWriter, ReadyEvent
from graph.schema import Schema
from graph.tenants import TenantsConfig
from hopline.errors import OverloadError
from hopline.service.messages import EventsTaken, SetAside
from loaders.set_aside import SCHEMA, SetAsideFile

_NAME = "requests"

Given = Mapping[str, Any]


@dataclass
class _Waiting:
    """The events of one request, and what is known of them so far."""

    events: Sequence[Given]
    tenant: str | None = None
    answer: Future[EventsTaken] = field(default_factory=Future)
    ready: list[tuple[int, ReadyEvent]] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)
    num_repeated: int = 0

    def taken(self) -> EventsTaken:
        aside = [SetAside(place=place, reason=reason) for place, reason in sorted(self.refused.items())]
        new = len(self.events) - self.num_repeated - len(aside)
        return EventsTaken(new=new, repeated=self.num_repeated, set_aside=aside)


class EventQueue:
    """Takes events of several threads; an answer comes when the events are in the graph.

    ``room``: how many events may wait. The graph is looked at when the first events come, so that a service that is only asked
    needs no right to write.
    """

    def __init__(
        self,
        database: Database,
        schema: Callable[[], Schema],
        config: EventsConfig,
        folder: Path,
        room: int,
        retry_s: float,
        tenants: TenantsConfig | None = None,
    ) -> None:
        self._tenants = tenants
        self._database, self._schema, self._config, self._retry_s = database, schema, config, retry_s
        self._room = room
        self._aside = SetAsideFile(folder / f"{_NAME}.tsv", keep=True)
        self._waiting: deque[_Waiting] = deque()
        self._num_waiting = 0
        self._changed = Condition()
        self._stopped = False
        self._of: Schema | None = None
        self._reader: EventReader | None = None
        self._writer: EventWriter | None = None
        self._thread = Thread(target=self._work, name="events", daemon=True)

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def stop(self) -> None:
        """Write what waits, and end; events that come later are refused."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        if self._thread.is_alive():
            self._thread.join()

    @property
    def num_waiting(self) -> int:
        """How many events wait to be written."""
        return self._num_waiting

    def put(self, events: Sequence[Given], tenant: str | None = None) -> Future[EventsTaken]:
        """Have events written, a ``tenant``'s or the operator's; the answer is there once they are.

        Raises:
            OverloadError: too many wait already, or the service is ending. None of them was taken.
        """
        one = _Waiting(events, tenant)
        one.answer.set_running_or_notify_cancel()  # who gives up waiting for the answer does not take back the events
        with self._changed:
            if self._stopped:
                raise OverloadError("the service is ending; send the same events again, to another or once it is back")
            if self._num_waiting and self._num_waiting + len(events) > self._room:
                raise OverloadError(
                    f"{self._num_waiting:,} events wait to be written and there is room for {self._room:,}; send the same "
                    "again in a moment"
                )
            self._waiting.append(one)
            self._num_waiting += len(events)
            self._changed.notify_all()
        return one.answer

    def _work(self) -> None:
        while waiting := self._take():
            try:
                self._write(waiting)
            except BaseException as error:  # noqa: BLE001 - told to whoever waits
                self._fail(waiting, error)
            with self._changed:
                self._num_waiting -= sum(len(one.events) for one in waiting)

    def _take(self) -> list[_Waiting]:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._stopped)
            taken: list[_Waiting] = []
            total = 0
            while self._waiting and (not taken or total + len(self._waiting[0].events) <= self._config.batch_size):
                taken.append(self._waiting.popleft())
                total += len(taken[-1].events)
            return taken

    def _write(self, waiting: list[_Waiting]) -> None:
        reader, writer = self._ready()
        for one in waiting:
            for place, given in enumerate(one.events):
                try:
                    one.ready.append((place, reader.read(_text(given), one.tenant)))
                except EventError as error:
                    one.refused[place] = str(error)
        try:
            self._write_together(writer, waiting)
        except DatabaseGoneError:
            raise
        except DatabaseError:
            if len(waiting) == 1:
                raise
            for one in waiting:  # one of them is at fault, and the others have nothing to do with it
                try:
                    self._write_together(writer, [one])
                except DatabaseError as error:
                    self._fail([one], error)

    def _write_together(self, writer: EventWriter, waiting: list[_Waiting]) -> None:
        owners = [(one, place) for one in waiting for place, _ in one.ready]
        taken = writer.write([event for one in waiting for _, event in one.ready], self._retry_s)
        for at in taken.repeated:
            owners[at][0].num_repeated += 1
        for at, reason in taken.refused:
            one, place = owners[at]
            one.refused[place] = reason
        rows = [
            (_NAME, place + 1, reason, _text(one.events[place]).decode("utf-8", "replace"))
            for one in waiting
            for place, reason in sorted(one.refused.items())
        ]
        self._aside.add(pl.DataFrame(rows, schema=SCHEMA, orient="row"))
        for one in waiting:
            one.answer.set_result(one.taken())

    def _ready(self) -> tuple[EventReader, EventWriter]:
        """Return what reads and writes events of the schema as it is now, made when it changed."""
        schema = self._schema()
        if self._reader is None or self._writer is None or schema != self._of:
            self._writer = EventWriter(self._database, schema, self._config.click_window_s, self._tenants)
            self._reader = EventReader.of(self._database, schema, self._config, self._tenants)
            self._of = schema
        return self._reader, self._writer

    def _fail(self, waiting: list[_Waiting], error: BaseException) -> None:
        for one in waiting:
            if not one.answer.done():
                one.answer.set_exception(error)


def _text(given: Given) -> bytes:
    return json.dumps(given, ensure_ascii=True).encode()
