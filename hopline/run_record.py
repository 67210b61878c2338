"""A run told as it goes: one JSON object a line, in ``record.jsonl`` of its folder.

By ``event``:

- ``start``: the configuration, versions of what computes, and what is learnt from, counted.
- ``epoch``: of a ``phase`` (validate or refit) one epoch's losses by task, their weights where these are learnt, metrics,
  seconds, edges a second, learning rate.
- ``end``: what came of it; ``stopped``: why nothing did.

``at`` is when a line was written. The file is of the run that the checkpoints beside it are of: one that goes on completes
it, one that starts anew writes over it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timezone
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from gnn.checkpoint import EpochRecord
from hopline.errors import HoplineError
from hopline.event_files import EventFiles

if TYPE_CHECKING:
    from typing import Self

FILE = "record.jsonl"

Line = dict[str, Any]


class RunRecord:
    """Writes the record of one run, a context manager; ``start`` is what its first line tells.

    Whatever a crash cut off, an epoch is told once: what a phase had done before is taken from its checkpoint, and lines
    written before are kept where they say the same.
    """

    def __init__(self, folder: Path, start: Line, events: EventFiles | None = None) -> None:
        self.path = folder / FILE
        self._start = _plain({"event": "start", **start})
        self._events = events
        self._before = _read(self.path)
        self._told: list[Line] = []

    def begin(self, phase: str, done: Sequence[EpochRecord]) -> None:
        """Begin a phase of which some epochs were done before."""
        if not self._told:
            self._told.append(self._dated(self._start, was_told=bool(done)))
        self._told += (self._dated(_line(phase, record), was_told=True) for record in done)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        draft = self.path.with_suffix(".tmp")
        draft.write_text("".join(map(_text, self._told)), encoding="utf-8")
        draft.replace(self.path)
        if self._events is not None:
            self._events.begin(phase, done)

    def epoch(self, phase: str, record: EpochRecord) -> None:
        """Tell of an epoch."""
        self._append(_line(phase, record))
        if self._events is not None:
            self._events.epoch(record)

    def end(self, **result: Any) -> None:
        """Tell what came of the run."""
        self._append({"event": "end", **result})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if isinstance(error, HoplineError) and self._told:
            self._append({"event": "stopped", "reason": str(error)})
        if self._events is not None:
            self._events.close()

    def _append(self, line: Line) -> None:
        dated = self._dated(_plain(line), was_told=False)
        self._told.append(dated)
        with self.path.open("a", encoding="utf-8") as record:
            record.write(_text(dated))

    def _dated(self, line: Line, *, was_told: bool) -> Line:
        """Return a line with its moment: the one that it had in the record found, if that had it."""
        if was_told:
            for before in self._before:
                if {key: value for key, value in before.items() if key != "at"} == line:
                    return before
        return {**line, "at": datetime.now(timezone.utc).isoformat(timespec="seconds")}


def read_record(folder: Path) -> list[Line]:
    """Return the lines of the record in a run's folder, none if there is no record; what a crash left of a line is left out."""
    return _read(folder / FILE)


def _read(path: Path) -> list[Line]:
    if not path.is_file():
        return []
    lines = []
    for text in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            line = json.loads(text)
        except ValueError:
            continue
        if isinstance(line, dict):
            lines.append(line)
    return lines


def _line(phase: str, record: EpochRecord) -> Line:
    line: Line = _plain({"event": "epoch", "phase": phase, **asdict(record)})
    return line


def _text(line: Line) -> str:
    return json.dumps(line, ensure_ascii=False, allow_nan=False) + "\n"


def _plain(value: Any) -> Any:
    """Return a value as JSON can hold it: null for what is no finite number."""
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
