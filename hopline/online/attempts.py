"""Trainings anew that came to nothing: ``retraining.json`` in the run's folder, so that the next does not begin at once."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path

FILE = "retraining.json"

_DAY_S = 86_400.0


@dataclass(frozen=True)
class Attempts:
    """How many trainings anew began since the ``run`` that serves, none of which took its place, and why the last did not.

    One that was killed counts, too, as where it takes more memory than there is. ``began_at`` is when the last one began, or
    ended, in seconds since 1970.
    """

    run: str
    number: int = 0
    began_at: float = 0.0
    why: str = ""

    def left_s(self, pause_s: float) -> float:
        """Return how long to wait from now: ``pause_s`` from the first, twice as long after each further one, a day at most."""
        if not self.number:
            return 0.0
        whole = min(pause_s * 2.0 ** min(self.number - 1, 32), max(_DAY_S, pause_s))
        return min(whole, max(0.0, self.began_at + whole - time.time()))  # a clock that was put back makes nobody wait longer

    def begin(self, folder: Path) -> Attempts:
        """Write that one more begins."""
        return self._written(folder, replace(self, number=self.number + 1, began_at=time.time(), why="it was cut off"))

    def fail(self, folder: Path, why: str) -> Attempts:
        """Write why it came to nothing."""
        return self._written(folder, replace(self, began_at=time.time(), why=why))

    def take_back(self, folder: Path) -> None:
        """Write these, as one that has begun was stopped by hand."""
        self._written(folder, self)

    @staticmethod
    def _written(folder: Path, attempts: Attempts) -> Attempts:
        draft = folder / f"{FILE}.tmp"
        draft.write_text(json.dumps(asdict(attempts), ensure_ascii=False), encoding="utf-8")
        draft.replace(folder / FILE)
        return attempts


def read_attempts(folder: Path, run: str) -> Attempts:
    """Read those since a run from its folder; none where the file is of another run or damaged."""
    try:
        attempts = Attempts(**json.loads((folder / FILE).read_text(encoding="utf-8")))
        return attempts if attempts.run == run and attempts.left_s(1.0) >= 0 else Attempts(run)
    except (OSError, ValueError, TypeError):
        return Attempts(run)


def forget_attempts(folder: Path) -> None:
    """Forget them, as one took the place of what served."""
    (folder / FILE).unlink(missing_ok=True)
