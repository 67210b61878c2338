"""Work on indexes that goes on while others ask how far it is: kept on a node, so that any process can tell."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from typing import Literal

from cypher import load
from graph.database import Database
from graph.errors import DatabaseError
from graph.progress import OnStage
from graph.question import Question, Read
from graph.releases.lease import Lease, has_died, hold_lease

Action = Literal["refresh", "build"]
_TELL_EVERY_S = 0.5


@dataclass(frozen=True)
class Job:
    """The last work on indexes: ``state`` is "running", "done", "failed", or "cut off" where whoever was at it died.

    ``stage``: what is or was being done, ``completed`` of ``total``, 0 where that cannot be counted; ``told``: what came of it.
    ``started_at`` and ``told_at`` are seconds since 1970 by the clock of whoever is at it.
    """

    action: str
    state: str
    stage: str = ""
    completed: int = 0
    total: int = 0
    told: str = ""
    started_at: float = 0.0
    told_at: float = 0.0


@contextmanager
def told_job(database: Database, action: Action) -> Iterator[tuple[Lease, OnStage, Callable[[str], None]]]:
    """Hold the right to change releases and tell how far the work of the block is.

    Gives the lease, what hears of stages, and what is told what came of it, in a sentence.

    Raises:
        ReleaseError: another publish, collection or work on indexes is going on.
    """
    with hold_lease(database) as lease:
        teller = _Teller(database, action)
        teller.tell()
        try:
            yield lease, teller.stage, teller.end
        except BaseException as error:
            with suppress(DatabaseError):
                teller.tell(state="failed", told=str(error) or type(error).__name__)
            raise
        teller.tell(state="done", completed=teller.job.total)


def read_job(database: Database) -> Job | None:
    """Return the last work on indexes, None: there was none.

    Raises:
        DatabaseError: the user may not ask, or the server was lost.
    """
    return database.answer(ask_job())


def ask_job() -> Question[Job | None]:
    """Ask what :func:`read_job` answers."""
    (row,) = yield Read(load("indexes/read_job"))
    if row["job"] is None:
        return None
    job = Job(**{name: value for name, value in row["job"].items() if name != "name"})
    lease = row["lease"] or {}
    is_held = lease.get("holder") is not None and (row["left_s"] or 0) >= 0 and not has_died(lease)
    return replace(job, state="cut off") if job.state == "running" and not is_held else job


class _Teller:
    """Writes how far work is, but not more often than anybody reads it."""

    def __init__(self, database: Database, action: Action) -> None:
        self._database = database
        self.job = Job(action, "running", started_at=time.time())

    def stage(self, stage: str, done: int, total: int) -> None:
        is_due = time.time() - self.job.told_at >= _TELL_EVERY_S or stage != self.job.stage
        self.job = replace(self.job, stage=stage, completed=done, total=total)
        if is_due:
            self.tell()

    def end(self, told: str) -> None:
        self.job = replace(self.job, told=told)

    def tell(self, **changes: str | int) -> None:
        self.job = replace(self.job, told_at=time.time(), **changes)  # type: ignore[arg-type]
        self._database.write(load("indexes/write_job"), {"properties": asdict(self.job)})
